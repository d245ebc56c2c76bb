import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import type { RuffReport, RuffRequest } from './run-ruff.ts';

const MAX_WASM_MIB = 256;
const MAX_HEAP_MIB = 128;
const PAGES_PER_MIB = 16;
const MAX_REPORT_BYTES = 32 * 2 ** 20;
const MAX_STDERR_BYTES = 8 * 2 ** 10;

/**
 * Has ruff-child.ts do this one call. In a thread of the server, what V8 makes of ruff's ten megabytes would stay behind:
 * 450 MiB, after seconds of optimizing what runs for a quarter of one.
 * @throws Fault CANCELLED, or why the signal was aborted; RESOURCE_TOO_LARGE, UNAVAILABLE
 */
export async function spawnRuff(order: RuffRequest, signal: AbortSignal): Promise<RuffReport> {
  if (signal.aborted) throw abortFault(signal);
  // A separate process group: a Ctrl-C for the server does not reach it.
  const child = spawn(process.execPath, processArguments(), { cwd: '/', env: {}, detached: true });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    // It need not read what it is given; how it ends tells.
    child.stdin.on('error', () => {}).end(JSON.stringify(order));
    const [report, complaint, code] = await Promise.all([
      readUpTo(child.stdout, MAX_REPORT_BYTES, kill),
      readUpTo(child.stderr, MAX_STDERR_BYTES),
      new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
    ]);
    if (code === 0) return JSON.parse(report) as RuffReport;
    throw ruffFault(code, complaint);
  } catch (error) {
    throw signal.aborted ? abortFault(signal) : error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** What it may read is its own code; it has no network, no environment, and starts nothing. */
function processArguments(): readonly string[] {
  const ruff = dirname(createRequire(import.meta.url).resolve('@astral-sh/ruff-wasm-nodejs'));
  const manifest = join(import.meta.dirname, '../../../package.json');
  return [
    '--permission',
    ...[`${import.meta.dirname}/*`, manifest, `${ruff}/*`].map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    `--max-old-space-size=${MAX_HEAP_MIB}`,
    `--wasm-max-mem-pages=${MAX_WASM_MIB * PAGES_PER_MIB}`,
    // It is over before optimizing would be, and most of its functions are never called.
    '--liftoff-only',
    '--wasm-lazy-validation',
    join(import.meta.dirname, 'ruff-child.ts'),
  ];
}

/** What Node says where memory or stack ran out. */
const OUT_OF_MEMORY = /RuntimeError|RangeError|out of memory/i;

function ruffFault(code: number | null, complaint: string): Fault {
  const why = /^\w*(?:Error|ERROR): .*/m.exec(complaint)?.[0] ?? 'it said nothing';
  // Without a code it was a signal: its report grew too long, or V8 gave up.
  if (code === null || OUT_OF_MEMORY.test(complaint)) {
    const message =
      'Ruff gave up on these files: they are too large or nest too deeply. Give it fewer or plainer ones.';
    return new Fault('RESOURCE_TOO_LARGE', message);
  }
  return new Fault(
    'UNAVAILABLE',
    `Ruff ended without a report (${why.slice(0, 300)}). Reinstall the packages of this server.`,
  );
}

/** Of what a stream gives; the rest is not kept. */
async function readUpTo(stream: Readable, mostBytes: number, tooMuch?: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let left = mostBytes;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left -= chunk.byteLength;
    if (left < 0) tooMuch?.();
  }
  return Buffer.concat(chunks).toString();
}
