import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { abortFault } from '../../core/abort.ts';
import type { PythonRequest, PythonResult } from '../../core/programs/python.ts';
import type { ExitStatus, Process } from '../../core/programs/sandbox.ts';

type StopReason = NonNullable<PythonResult['stopped']>;

interface SupervisedResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: ExitStatus;
  readonly stopped: StopReason | undefined;
  readonly wallMs: number;
}

interface SuperviseOptions {
  readonly request: PythonRequest;
  readonly signal: AbortSignal;
  /** `performance.now()` at the start. */
  readonly startedAt: number;
  /** When its time begins to count. Default: as soon as it is known to run. */
  readonly begun?: Promise<unknown>;
  /** Called repeatedly while the program runs; a reason that it returns ends the program. */
  readonly checkLimits?: () => Promise<StopReason | undefined>;
}

const CHECK_INTERVAL_MS = 100;
/** For the rest of the output in the pipes after the program ended. */
const DRAIN_TIMEOUT_MS = 250;

/** Reads the output of a program, and ends the program at its time or output limit. @throws Fault CANCELLED */
export async function supervise(
  process: Process,
  { request, signal, startedAt, begun = Promise.resolve(), checkLimits }: SuperviseOptions,
): Promise<SupervisedResult> {
  let stopped: StopReason | undefined;
  const stop = (reason: StopReason) => {
    stopped ??= reason;
    process.kill();
  };
  void begun.then(() => process.limitTime(request.timeoutMs, () => stop('TIMEOUT')));
  let exited = false;
  const checking = (async () => {
    while (checkLimits && !exited) {
      const reason = await checkLimits();
      if (reason && !exited) stop(reason);
      await pause(CHECK_INTERVAL_MS, process.exited);
    }
  })();
  const stdout = bounded(process.stdout, request.maxOutputBytes, () => stop('OUTPUT'));
  const stderr = bounded(process.stderr, request.maxOutputBytes, () => stop('OUTPUT'));

  const exit = await process.exited;
  exited = true;
  const wallMs = performance.now() - startedAt;
  // A child process may keep a pipe open until it ends as well.
  await pause(DRAIN_TIMEOUT_MS, Promise.all([stdout.done, stderr.done]));
  await checking;
  if (signal.aborted) throw abortFault(signal);
  return {
    stdout: stdout.text(),
    stderr: stderr.text(),
    exit,
    stopped: exit.exceeded?.name ?? stopped ?? stopReasonOf(exit),
    wallMs,
  };
}

function stopReasonOf({ signal }: ExitStatus): StopReason | undefined {
  if (signal === null) return undefined;
  return signal === 'SIGXCPU' ? 'CPU' : signal === 'SIGXFSZ' ? 'FILES' : 'SIGNAL';
}

/** Keeps the first bytes of a stream; the rest is discarded and reported. */
function bounded(stream: Readable, maxBytes: number, onExceeded: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = maxBytes - size;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    size += chunk.byteLength;
    if (size > maxBytes) onExceeded();
  });
  return {
    done: finished(stream).catch(() => {}),
    /** Bytes that are not valid UTF-8 become U+FFFD. */
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

async function pause(ms: number, until: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    until,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
