// One call of Python in WebAssembly: node child.mjs python.wasm, started by wasi-python.ts. The job arrives on
// standard input; Python's output goes directly to file descriptors 1 and 2, and to 3 an empty line
// when Python begins, and the result when it has ended.
//
// It starts for each call, so it is plain JavaScript and loads little: stripping types would take a fifth of a call, and
// V8's flags make Node recompile its built-in modules that are not loaded at start. That is why no file here imports a
// module of Node: an import of node:fs loads fs.promises and streams as well.
import { MemoryFile, MemoryFolder, Quota } from './files.mjs';
import { FileHandle, FolderHandle, Handles, OutputHandle } from './handles.mjs';
import { importsFor } from './imports.mjs';
import { readLibrary } from './library.mjs';
import { ProgramMemory } from './memory.mjs';
import { readModule } from './module.mjs';
import { Exit } from './process.mjs';

const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');

/** Exit code that shells report for SIGABRT. */
const ABORTED = 134;

const job = readJob(readFileSync(0));
const none = new Quota({ maxBytes: 0, maxFiles: 0 });
const work = new MemoryFolder(none);
for (const { path, bytes } of job.files) work.place(path, new MemoryFile(none, bytes));
const out = new MemoryFolder(new Quota(job.out));
const tmp = new MemoryFolder(new Quota(job.tmp));
const handles = new Handles([
  new FileHandle(new MemoryFile(none, Buffer.from(job.stdin))),
  new OutputHandle((data) => writeAll(1, data)),
  new OutputHandle((data) => writeAll(2, data)),
]);
const module = new WebAssembly.Module(readModule(process.argv[2]));
const memory = new ProgramMemory();
const program = { memory, handles, args: ['python', ...job.args], env: job.env, seed: Buffer.from(job.seed, 'base64') };
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: importsFor(program) });
memory.memory = instance.exports.memory;

const library = readLibrary(memory.memory.buffer, none);
library.place('sitecustomize.py', new MemoryFile(none, Buffer.from(job.boot)));
const root = new MemoryFolder(none);
for (const [path, entry] of Object.entries({ work, out, tmp, [job.library]: library })) root.place(path, entry);
handles.add(new FolderHandle(root, '/'));

writeAll(3, Buffer.from('\n'));
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
    instance.exports._start();
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    // A trap: stack overflow, or a call of abort().
    writeAll(2, Buffer.from(`${error instanceof Error ? error.message : error}\n`));
    return ABORTED;
  }
}

/** A line of JSON, followed by the bytes of its files in order. @param {Buffer} bytes */
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
