// One call of Python in WebAssembly: node wasi-child.mjs python.wasm, started by python-wasi.ts. The job comes on standard
// input, what Python writes goes out at once on 1 and 2, and when it has ended the rest goes out on 3. Plain JavaScript
// with few modules: to strip types would take a fifth of a call.
import { readFileSync, writeSync } from 'node:fs';
import { WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim';
import { MemoryFile, MemoryFolder } from './wasi-files.mjs';
import { FileHandle, FolderHandle, Outlet } from './wasi-handles.mjs';
import { importsFor } from './wasi-imports.mjs';
import { readLibrary } from './wasi-library.mjs';
import { readModule } from './wasi-module.mjs';
import { Quota } from './wasi-quota.mjs';

/** Exit code of a process that a signal ended, as shells have it for SIGABRT. */
const ABORTED = 134;

const job = readJob(readFileSync(0));
const none = new Quota({ maxBytes: 0, maxFiles: 0 });
const work = new MemoryFolder(none);
for (const { path, bytes } of job.files) work.place(path, new MemoryFile(none, bytes));
const out = new MemoryFolder(new Quota(job.out));
const tmp = new MemoryFolder(new Quota(job.tmp));
const program = new WASI(
  ['python', ...job.args],
  job.env,
  [
    new FileHandle(new MemoryFile(none, Buffer.from(job.stdin)), { write: false, append: false }),
    new Outlet((data) => writeAll(1, data)),
    new Outlet((data) => writeAll(2, data)),
  ],
  { debug: false },
);
const module = new WebAssembly.Module(readModule(process.argv[2]));
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: importsFor(program) });

const library = readLibrary(instance.exports.memory.buffer, none);
library.place('sitecustomize.py', new MemoryFile(none, Buffer.from(job.boot)));
const root = new MemoryFolder(none);
for (const [path, entry] of Object.entries({ work, out, tmp, [job.library]: library })) root.place(path, entry);
program.fds.push(new FolderHandle(root, '/'));

const code = run();
const produced = [...out.files()];
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const head = {
  code,
  cpuMs: (userCPUTime + systemCPUTime) / 1_000,
  maxRssBytes: maxRSS * 1_024,
  files: produced.map(([path, { size }]) => ({ path, size })),
};
writeAll(3, Buffer.from(`${JSON.stringify(head)}\n`));
for (const [, file] of produced) writeAll(3, file.bytes);
process.exit(0);

function run() {
  try {
    return program.start(instance);
  } catch (error) {
    if (error instanceof WASIProcExit) return error.code;
    // A trap: its stack is used up, or abort() was called.
    writeAll(2, Buffer.from(`${error instanceof Error ? error.message : error}\n`));
    return ABORTED;
  }
}

/** A line of JSON, and the bytes of its files in their order. @param {Buffer} bytes */
function readJob(bytes) {
  const line = bytes.indexOf('\n');
  const { files, ...rest } = JSON.parse(bytes.toString('utf8', 0, line));
  let at = line + 1;
  return {
    ...rest,
    files: files.map(({ path, size }) => {
      at += size;
      return { path, bytes: bytes.subarray(at - size, at) };
    }),
  };
}

/** @param {number} fd @param {Uint8Array} data */
function writeAll(fd, data) {
  for (let at = 0; at < data.byteLength; ) at += writeSync(fd, data, at);
}
