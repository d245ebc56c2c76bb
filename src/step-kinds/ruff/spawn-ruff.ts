import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { endWithParent } from '../../lib/system/end-with-parent.ts';
import type { RuffReport, RuffRequest } from './run-ruff.ts';

const MAX_WASM_MIB = 256;
const MAX_HEAP_MIB = 128;
const PAGES_PER_MIB = 16;
const MAX_REPORT_BYTES = 32 * 2 ** 20;
const MAX_STDERR_BYTES = 8 * 2 ** 10;

/**
 * Runs one call in a process with ruff-child.ts. In a thread of the server, the 450 MiB that V8 compiles ruff's ten
 * megabytes to would remain, after seconds of optimizing code that runs for a quarter of a second.
 * @throws Fault CANCELLED or the reason of the abort; RESOURCE_TOO_LARGE, UNAVAILABLE
 */
export async function spawnRuff(request: RuffRequest, signal: AbortSignal): Promise<RuffReport> {
  if (signal.aborted) throw abortFault(signal);
  // In a separate process group, so that Ctrl-C for the server does not reach it.
  const [file = '', ...args] = endWithParent(ruffCommand());
  const child = spawn(file, args, { cwd: '/', env: {}, detached: true });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    // The process need not read its input; its exit code decides.
    child.stdin.on('error', () => {}).end(JSON.stringify(request));
    const [report, errorOutput, code] = await Promise.all([
      readUpTo(child.stdout, MAX_REPORT_BYTES, kill),
      readUpTo(child.stderr, MAX_STDERR_BYTES),
      new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
    ]);
    if (code === 0) return JSON.parse(report) as RuffReport;
    throw ruffFault(code, errorOutput);
  } catch (error) {
    throw signal.aborted ? abortFault(signal) : error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** The process may read only its code; it has no network and no environment, and cannot start programs. */
function ruffCommand(): readonly string[] {
  const ruff = dirname(createRequire(import.meta.url).resolve('@astral-sh/ruff-wasm-nodejs'));
  const manifest = join(import.meta.dirname, '../../../package.json');
  return [
    process.execPath,
    '--permission',
    ...[`${import.meta.dirname}/*`, manifest, `${ruff}/*`].map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    `--max-old-space-size=${MAX_HEAP_MIB}`,
    `--wasm-max-mem-pages=${MAX_WASM_MIB * PAGES_PER_MIB}`,
    // The process ends before optimization would pay off, and most functions are never called.
    '--liftoff-only',
    '--wasm-lazy-validation',
    join(import.meta.dirname, 'ruff-child.ts'),
  ];
}

/** Output of Node when memory or stack ran out. */
const OUT_OF_MEMORY = /RuntimeError|RangeError|out of memory/i;

function ruffFault(code: number | null, errorOutput: string): Fault {
  const why = /^\w*(?:Error|ERROR): .*/m.exec(errorOutput)?.[0] ?? 'no error output';
  // No code means a signal: the report was too long, or V8 gave up.
  if (code === null || OUT_OF_MEMORY.test(errorOutput)) {
    const message =
      'Ruff cannot process these files: they are too large or nested too deeply. Use fewer or simpler files.';
    return new Fault('RESOURCE_TOO_LARGE', message);
  }
  return new Fault(
    'UNAVAILABLE',
    `Ruff ended without a report (${why.slice(0, 300)}). Reinstall the packages of this server.`,
  );
}

/** The first bytes of a stream; the rest is dropped. */
async function readUpTo(stream: Readable, maxBytes: number, onFull?: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let bytesLeft = maxBytes;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (bytesLeft > 0) chunks.push(chunk.subarray(0, bytesLeft));
    bytesLeft -= chunk.byteLength;
    if (bytesLeft < 0) onFull?.();
  }
  return Buffer.concat(chunks).toString();
}
