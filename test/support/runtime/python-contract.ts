import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PythonEngine, PythonRequest } from '../../../src/core/programs/python.ts';

const MIB = 2 ** 20;

/** A request with defaults for what most tests do not care about. */
export function pythonRequest(changes: Partial<PythonRequest>): PythonRequest {
  return {
    entrypoint: '-c',
    args: [],
    files: [],
    timeoutMs: 60_000,
    hosts: [],
    maxOutputBytes: MIB,
    memoryBytes: 256 * MIB,
    ...changes,
  };
}

/** What every engine promises. */
export function describePython(name: string, open: () => Promise<PythonEngine>): void {
  describe(`the ${name} engine`, () => {
    let engine: PythonEngine;
    const run = (changes: Partial<PythonRequest>, signal = new AbortController().signal) =>
      engine.run(pythonRequest(changes), signal);
    const runCode = (code: string, changes: Partial<PythonRequest> = {}) => run({ code, ...changes });
    const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });

    beforeAll(async () => {
      engine = await open();
    });

    it('runs code with arguments and standard input, and returns its exit code', async () => {
      const code = 'import sys; print(sys.argv[1:], sys.stdin.read()); print("oh", file=sys.stderr); sys.exit(3)';
      const result = await runCode(code, { args: ['a b', '$HOME'], stdin: 'grüße' });
      expect(result).toMatchObject({ returnCode: 3, stdout: "['a b', '$HOME'] grüße\n", stderr: 'oh\n' });
      expect(result.stopped).toBeUndefined();
      expect(result.metrics.wallMs).toBeGreaterThan(0);
    });

    it('runs a file that imports a file next to it, in /work', async () => {
      const files = [
        file('main.py', 'import os\nfrom lib.part import WORD\nprint(WORD, os.getcwd(), open("data.txt").read())'),
        file('lib/part.py', 'WORD = "found"'),
        file('data.txt', 'data'),
      ];
      const { stdout, stderr } = await run({ entrypoint: 'main.py', files });
      expect({ stdout, stderr }).toEqual({ stdout: 'found /work data\n', stderr: '' });
    });

    it('runs a module of the standard library over the files', async () => {
      const test = 'import unittest\nclass T(unittest.TestCase):\n  def test_it(self): self.assertEqual(1, 2 - 1)\n';
      const result = await run({ entrypoint: '-m unittest', args: ['test_it'], files: [file('test_it.py', test)] });
      expect(result.stderr).toContain('Ran 1 test');
      expect(result.returnCode).toBe(0);
    });

    it('reports the version that runs', async () => {
      const { stdout } = await runCode('import platform; print(platform.python_version())');
      expect(stdout.trim()).toBe(engine.version);
    });

    it('returns the files of /out, with digests of the input and output files', async () => {
      const code =
        'import os\nos.makedirs("/out", exist_ok=True); os.makedirs("/out/a/b")\nopen("/out/a/b/c.bin", "wb").write(bytes(range(256)))\n' +
        'open("/out/z", "w").write("one"); open("/out/z", "a").write(" two"); os.rename("/out/z", "/out/y")\n' +
        'open("/out/gone", "w").write("x"); os.remove("/out/gone"); open("/tmp/t", "w").write("not produced")';
      const { produced, manifest, stderr } = await runCode(code, { files: [file('in.txt', 'given')] });
      const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      expect(stderr).toBe('');
      expect(produced.map(({ path, bytes }) => [path, Buffer.from(bytes)])).toEqual([
        ['a/b/c.bin', Buffer.from(all)],
        ['y', Buffer.from('one two')],
      ]);
      expect(manifest).toEqual({
        before: { 'in.txt': sha256('given') },
        after: { 'a/b/c.bin': sha256(all), y: sha256('one two') },
      });
    });

    it('keeps a file whose name is not UTF-8 under a readable name', async () => {
      const code = "open(b'/out/na\\xefve.txt', 'w').write('kept')\nopen('/out/plain.txt', 'w').write('kept')";
      const { produced, stopped } = await runCode(code);
      expect(stopped).toBeUndefined();
      expect(produced.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
        ['na\ufffdve.txt', 'kept'],
        ['plain.txt', 'kept'],
      ]);
    });

    it('starts from scratch each time', async () => {
      const code = 'import os; print(os.listdir("/out"), os.path.exists("/tmp/left"), os.listdir("/work"))';
      await runCode('open("/out/left", "w").write("x"); open("/tmp/left", "w").write("x")');
      expect((await runCode(code)).stdout).toBe('[] False []\n');
    });

    it('does not allow changes in /work', async () => {
      const code = `
import os
for change in [lambda: open('/work/in.txt', 'w'), lambda: open('/work/new', 'w'), lambda: os.remove('/work/in.txt'),
               lambda: os.mkdir('/work/d'), lambda: os.rename('/work/in.txt', '/work/x'), lambda: open('/work/d/in.txt', 'a'),
               lambda: open('/work/d/new', 'w'), lambda: os.rmdir('/work/d'), lambda: os.truncate('/work/in.txt', 0)]:
    try: change(); print('changed')
    except OSError: pass
print(open('/work/in.txt').read())`;
      const files = [file('in.txt', 'given'), file('d/in.txt', 'given')];
      expect((await runCode(code, { files })).stdout).toBe('given\n');
    });

    it('replaces bytes that are not UTF-8', async () => {
      const { stdout } = await runCode('import sys; sys.stdout.buffer.write(b"a\\xffb")');
      expect(stdout).toBe('a\ufffdb');
    });

    it('ends a program that writes too much, and keeps the start of its output', async () => {
      const code = 'import sys\nfor i in range(10_000): sys.stdout.write("x" * 1024 * 1024)';
      const result = await runCode(code, { maxOutputBytes: 10_000 });
      expect(result).toMatchObject({ returnCode: null, stopped: 'OUTPUT', stdout: 'x'.repeat(10_000) });
    });

    it('ends a program that takes too long, and keeps its output', async () => {
      const result = await runCode('print("begun")\nwhile True: pass', { timeoutMs: 2_000 });
      expect(result).toMatchObject({ returnCode: null, stopped: 'TIMEOUT', stdout: 'begun\n' });
    });

    it('sleeps for the requested time', async () => {
      const code = 'import time; began = time.monotonic(); time.sleep(0.3); print(0.3 <= time.monotonic() - began)';
      expect((await runCode(code)).stdout).toBe('True\n');
    });

    it('enforces the limit of memory', async () => {
      const code = 'held = []\nfor i in range(200): held.append(bytearray(16 * 1024 * 1024))\nprint("all of it")';
      const { returnCode, stdout, stderr } = await runCode(code);
      expect(returnCode).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toContain('MemoryError');
    });

    it('enforces the limits of /out', async () => {
      const large = 'for i in range(64): open(f"/out/{i}", "wb").write(bytes(1024 * 1024))\nprint("all of it")';
      const { produced, stdout, stopped } = await runCode(large, { maxOutputBytes: 4 * MIB });
      expect(produced.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)).toBeLessThanOrEqual(4 * MIB);
      expect(stopped === 'FILES' || stdout === '').toBe(true);

      const many = 'for i in range(3_000): open(f"/out/{i}", "w").close()\nprint("all of it")';
      const manyFiles = await runCode(many);
      expect(manyFiles.produced.length).toBeLessThanOrEqual(1_000);
      expect(manyFiles.stopped === 'FILES' || manyFiles.stdout === '').toBe(true);

      const hidden = 'for i in range(3_000): open(b"/out/\\xff%d" % i, "w").close()\nprint("all of it")';
      const hiddenFiles = await runCode(hidden);
      expect(hiddenFiles.produced.length).toBeGreaterThan(0);
      expect(hiddenFiles.produced.length).toBeLessThanOrEqual(1_000);
      expect(hiddenFiles.stopped === 'FILES' || hiddenFiles.stdout === '').toBe(true);
    });

    it('stops when its caller cancels it', async () => {
      const stop = new AbortController();
      const running = run({ code: 'while True: pass' }, stop.signal);
      const cancelled = expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      stop.abort();
      await cancelled;
    });

    it('rejects what it cannot run, and says why', async () => {
      await expect(run({ entrypoint: 'missing.py' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
      await expect(run({ entrypoint: '-c' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
      const files = [file('../up.py', '')];
      await expect(run({ entrypoint: '../up.py', files })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    });

    it('lists only modules that can be imported, in addition to the standard library', async () => {
      const modules = ['json', 'pytest', 'no_such_module'];
      for (const module of await engine.importable(modules)) {
        expect(modules).toContain(module);
        expect((await runCode(`import ${module}`)).returnCode).toBe(0);
      }
      expect(await engine.importable(['no_such_module', 'no_such.module'])).toEqual([]);
    });
  });
}
