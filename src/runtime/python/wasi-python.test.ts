import { beforeAll, describe, expect, it } from 'vitest';
import { pythonRequest } from '../../../test/support/runtime/python-contract.ts';
import { testPythonEngines } from '../../../test/support/runtime/python-engines.ts';
import type { PythonEngine, PythonRequest } from '../../core/programs/python.ts';

/** Prints the value of each line, or its error, which has the same name in both engines. */
const printing = (lines: readonly string[]) => `
import os
os.chdir("/out")
for line in ${JSON.stringify(lines)}:
    try: print(line, "->", eval(line))
    except OSError as error: print(line, "->", type(error).__name__, os.strerror(error.errno))
`;

describe('Python in WebAssembly', () => {
  let wasi: PythonEngine;
  let native: PythonEngine;
  beforeAll(async () => {
    [wasi, native] = [await testPythonEngines.wasi(), await testPythonEngines.native()];
  });
  const run = (engine: PythonEngine, code: string, changes: Partial<PythonRequest> = {}) =>
    engine.run(pythonRequest({ code, ...changes }), AbortSignal.timeout(110_000));

  it('handles files and folders as the native engine does', async () => {
    const code = printing([
      'os.makedirs("a/b/c")',
      'os.mkdir("a")',
      'open("a/x", "w").write("hello")',
      'os.rename("a/x", "a/b/y")',
      'sorted(os.walk("."))',
      'os.rename("gone", "x")',
      'os.rmdir("a")',
      'os.rmdir("a/b/y")',
      'os.rename("a", "z")',
      'os.listdir("z")',
      'os.unlink("gone")',
      'open("z/b/y", "x")',
      'open("z")',
      'open("z/b/y/more")',
      'open("gone")',
      'os.rename("z/b/y", "z/b/c")',
      'os.rename("z/b/c", "z/b/y")',
      'os.rename("z/b/c", "z/b/d")',
      'os.listdir("z/b/y")',
      'os.open("z/b/y", os.O_RDONLY | os.O_DIRECTORY)',
      'os.close(77)',
      'os.stat("z/b/y").st_size',
    ]);
    expect((await run(wasi, code)).stdout).toBe((await run(native, code)).stdout);
  });

  it('reads and writes at any place in a file as the native engine does', async () => {
    const code = printing([
      'globals().update(f=open("s", "w+b", 0))',
      'f.write(b"0123456789")',
      '(f.seek(-3, 2), f.read(), f.tell())',
      '(f.truncate(4), f.seek(0), f.read())',
      '(f.seek(20), f.write(b"x"), f.seek(0), f.read())',
      '(os.pwrite(f.fileno(), b"AB", 1), os.pread(f.fileno(), 3, 0), f.tell())',
      '(os.writev(f.fileno(), [b"12", b"345"]) if hasattr(os, "writev") else f.write(b"12345"))',
      'f.seek(-1)',
      '(os.posix_fallocate(f.fileno(), 0, 40), os.fstat(f.fileno()).st_size)',
      'open("s", "ab").write(b"end")',
      'open("s", "rb").read()[-5:]',
      'os.open("s", os.O_RDONLY) == os.open("s", os.O_RDONLY) - 1',
      '(f.close(), f.closed)',
    ]);
    expect((await run(wasi, code)).stdout).toBe((await run(native, code)).stdout);
  });

  it('opens as many files at once as the native engine does', async () => {
    const code = `
import errno, os
opened = []
try:
    while True: opened.append(os.open("/tmp/x", os.O_CREAT | os.O_RDWR))
except OSError as error: print(round(len(opened), -1), errno.errorcode[error.errno])`;
    expect((await run(wasi, code)).stdout).toBe('1020 EMFILE\n');
    expect((await run(native, code)).stdout).toBe('1020 EMFILE\n');
  });

  it('lists a large folder completely, with names in any script', async () => {
    const code = `
import os
for i in range(600): open(f"/out/{i:03}-é日本", "w").close()
print(sorted(os.listdir("/out")) == [f"{i:03}-é日本" for i in range(600)])`;
    expect((await run(wasi, code)).stdout).toBe('True\n');
  });

  it('passes arguments in any script', async () => {
    const args = Array.from({ length: 50 }, (_, i) => `${i} é日本🐍`);
    const { stdout } = await run(wasi, 'import sys; print("|".join(sys.argv[1:]))', { args });
    expect(stdout).toBe(`${args.join('|')}\n`);
  });

  it('has different random numbers in each call, in any number', async () => {
    const code =
      'import os; print(hash("x"), os.urandom(8).hex(), len(set(os.urandom(64).hex() for i in range(1000))))';
    const results = await Promise.all([run(wasi, code), run(wasi, code)]);
    const words = results.flatMap(({ stdout }) => stdout.trim().split(' '));
    expect([words[2], words[5]]).toEqual(['1000', '1000']);
    expect(new Set(words).size).toBe(5);
  });
});
