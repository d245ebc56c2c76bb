import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { abortFault } from '../../core/abort.ts';
import type { PythonRequest, PythonResult } from '../../core/python.ts';
import type { ExitStatus, Process } from '../../core/sandbox.ts';

export type StopReason = NonNullable<PythonResult['stopped']>;

export interface SupervisedResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: ExitStatus;
  readonly stopped: StopReason | undefined;
  readonly wallMs: number;
}

interface SuperviseOptions {
  readonly request: PythonRequest;
  readonly signal: AbortSignal;
  readonly began: number;
  /** Asked again and again while it runs; what it gives ends the program. */
  readonly look?: () => Promise<StopReason | undefined>;
}

const CHECK_INTERVAL_MS = 100;
/** What is still in the pipes of one who was killed. */
const DRAIN_TIMEOUT_MS = 250;

/** Reads what a program writes, and ends it when it is too late or too much. @throws Fault CANCELLED */
export async function supervise(
  process: Process,
  { request, signal, began, look }: SuperviseOptions,
): Promise<SupervisedResult> {
  let stopped: StopReason | undefined;
  const stop = (reason: StopReason) => {
    stopped ??= reason;
    process.kill();
  };
  const timer = setTimeout(() => stop('TIMEOUT'), Math.max(0, request.timeoutMs - (performance.now() - began)));
  let over = false;
  const looking = (async () => {
    while (look && !over) {
      const found = await look();
      if (found && !over) stop(found);
      await pause(CHECK_INTERVAL_MS, process.exited);
    }
  })();
  const stdout = bounded(process.stdout, request.maxOutputBytes, () => stop('OUTPUT'));
  const stderr = bounded(process.stderr, request.maxOutputBytes, () => stop('OUTPUT'));

  const ended = await process.exited;
  over = true;
  clearTimeout(timer);
  const wallMs = performance.now() - began;
  // A child that was left behind may hold a pipe open until it is gone as well.
  await pause(DRAIN_TIMEOUT_MS, Promise.all([stdout.done, stderr.done]));
  await looking;
  if (signal.aborted) throw abortFault(signal);
  return { stdout: stdout.text(), stderr: stderr.text(), ended, stopped: stopped ?? stopReasonOf(ended), wallMs };
}

function stopReasonOf({ signal }: ExitStatus): StopReason | undefined {
  if (signal === null) return undefined;
  return signal === 'SIGXCPU' ? 'CPU' : signal === 'SIGXFSZ' ? 'FILES' : 'SIGNAL';
}

/** The beginning of a stream. The rest is not kept, and told of once. */
function bounded(stream: Readable, maxBytes: number, tooMuch: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = maxBytes - size;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    size += chunk.byteLength;
    if (size > maxBytes) tooMuch();
  });
  return {
    done: finished(stream).catch(() => {}),
    /** Bytes that are no UTF-8 become U+FFFD. */
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

async function pause(ms: number, unless: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    unless,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
