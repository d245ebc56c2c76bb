import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestToolContext, type TestToolContext } from '../../test/support/tools/tool-context.ts';
import { compileOptions } from '../commands/definition/validate-options.ts';
import { createWasiPython } from '../runtime/python/wasi-python.ts';
import { networkHosts, networkUris } from './python/network-access.ts';
import { pythonRun } from './python-run.ts';

const tool = pythonRun(createWasiPython());
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let test: TestToolContext;

beforeEach(async () => {
  test = await createTestToolContext();
});

afterEach(() => test.close());

describe('python.run', () => {
  it('runs a program on files from any source, and stores the files that it produces', async () => {
    const code = [
      'import pathlib, sys',
      'rows = pathlib.Path("data/a.csv").read_text() + pathlib.Path("b.csv").read_text() + pathlib.Path("c.csv").read_text()',
      'pathlib.Path("/out/all.csv").write_text(rows)',
      'print(sys.argv[1], sys.stdin.read())',
      'print("careful", file=sys.stderr)',
      'sys.exit(3)',
    ].join('\n');
    const { uri } = await test.context.saveArtifact('c.csv', 'text/csv', 'c\n');
    const result = await tool.run(
      {
        entrypoint: 'main.py',
        code,
        args: ['--fast'],
        stdin: 'in',
        files: [
          { path: 'data/a.csv', text: 'a\n' },
          { path: 'b.csv', base64: Buffer.from('b\n').toString('base64') },
          { path: 'c.csv', uri },
        ],
      },
      test.context,
    );
    expect(result).toMatchObject({ return_code: 3, stdout: '--fast in\n', stderr: 'careful\n', engine: 'wasi' });
    expect(result).not.toHaveProperty('stopped');
    expect(result.manifest.before).toEqual({
      'main.py': sha256(code),
      'data/a.csv': sha256('a\n'),
      'b.csv': sha256('b\n'),
      'c.csv': sha256('c\n'),
    });
    expect(result.manifest.after).toEqual({ 'all.csv': sha256('a\nb\nc\n') });
    const [file, ...others] = result.produced_files;
    expect(others).toEqual([]);
    expect(file).toMatchObject({ path: 'all.csv', size: 6, media_type: 'text/csv', sha256: sha256('a\nb\nc\n') });
    expect(String(await test.bytesOf(String(file?.uri)))).toBe('a\nb\nc\n');
    expect(result.metrics.wall_ms).toBeGreaterThan(0);
  });

  it('fails when the program does and fail_on_exit is true, with the end of its output and its files', async () => {
    const code = 'open("/out/kept", "w").write("x"); import sys; sys.exit("no such table")';
    await expect(tool.run({ entrypoint: '-c', code, fail_on_exit: true }, test.context)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'The program ended with status 1: no such table',
      details: { return_code: 1, stderr: 'no such table\n', produced_files: [{ path: 'kept' }] },
    });
    const endless = { entrypoint: '-c', code: 'print("begun")\nwhile True: pass', timeout_sec: 2, fail_on_exit: true };
    await expect(tool.run(endless, test.context)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'The program was stopped: TIMEOUT: begun',
    });
    const fine = { entrypoint: '-c', code: 'print("fine")', fail_on_exit: true };
    expect(await tool.run(fine, test.context)).toMatchObject({ return_code: 0, stdout: 'fine\n' });
  });

  it('runs code without files, and modules', async () => {
    const alone = await tool.run({ entrypoint: '-c', code: 'print(6 * 7)' }, test.context);
    expect(alone).toMatchObject({ return_code: 0, stdout: '42\n' });
    const test_it = 'import unittest\nclass T(unittest.TestCase):\n  def test(self): self.assertEqual(1, 2)\n';
    const module = await tool.run(
      { entrypoint: '-m unittest', files: [{ path: 'test_it.py', text: test_it }] },
      test.context,
    );
    expect(module).toMatchObject({ return_code: 1, stderr: expect.stringContaining('AssertionError: 1 != 2') });
  });

  it('reports why a program was stopped', async () => {
    const result = await tool.run({ entrypoint: '-c', code: 'while True: pass', timeout_sec: 1 }, test.context);
    expect(result).toMatchObject({ return_code: null, stopped: 'TIMEOUT' });
  });

  it('stores long output completely, and returns its beginning', async () => {
    const result = await tool.run({ entrypoint: '-c', code: 'print("x" * 400_000)' }, test.context);
    expect(result.stdout).toHaveLength(256 * 1024);
    expect(await test.bytesOf(String(result.stdout_uri))).toHaveLength(400_001);
    expect(result).not.toHaveProperty('stderr_uri');
  });

  it.each([
    [{ entrypoint: '-c' }, /"-c" runs `code`/],
    [{ entrypoint: 'main.py' }, /no file main\.py/],
    [{ entrypoint: '-m unittest', code: 'x' }, /module/],
    [{ entrypoint: 'a', code: '', files: [{ path: 'a', text: '' }] }, /same path/],
    [{ entrypoint: 'a', code: '', files: [{ path: 'a/b', text: '' }] }, /a file and a folder/],
    [{ entrypoint: 'a', code: '', files: [{ path: 'b' }] }, /exactly one of/],
    [{ entrypoint: 'a', code: '', files: [{ path: 'b', text: '', uri: 'data:,x' }] }, /exactly one of/],
    [{ entrypoint: 'a', code: '', files: [{ path: 'b', base64: '???' }] }, /base64/],
  ])('rejects %j', async (input, message) => {
    await expect(tool.run(input, test.context)).rejects.toMatchObject({ code: 'BAD_INPUT', message });
  });

  it('accepts only plain paths', () => {
    const fits = compileOptions(tool.input);
    const isTaken = (path: string) => fits({ entrypoint: '-c', code: '', files: [{ path, text: '' }] });
    for (const path of ['a.py', 'src/größe.py', '.env', 'a b (1).txt', '__init__.py'])
      expect(isTaken(path), path).toBe(true);
    for (const path of ['', '/a', '../a', 'a/../b', './a', 'a//b', 'a/', '-c', 'a\\b', 'a\u0000', 'a\n']) {
      expect(isTaken(path), path).toBe(false);
    }
  });

  it('has no network when Python is WebAssembly', async () => {
    const input = { entrypoint: '-c', code: '', allow_network: true, allowed_hosts: ['example.com'] };
    await expect(tool.run(input, test.context)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /WebAssembly/ });
  });

  it('asks the policy about each host that the program may reach', () => {
    const allowed_hosts = ['API.example.com', '[::1]:8443', 'b.example:443', 'api.example.com'];
    const input = { allow_network: true, allowed_hosts };
    expect(networkUris(input).map(({ href }) => href)).toEqual([
      'https://api.example.com/',
      'https://[::1]:8443/',
      'https://b.example/',
      'https://api.example.com/',
    ]);
    const hosts = networkHosts(input, { name: 'native' });
    expect(hosts).toEqual(['api.example.com:443', '[::1]:8443', 'b.example:443']);
    expect(() => networkUris({ allowed_hosts })).toThrow(/allow_network is not true/);
    expect(() => networkUris({ allow_network: true })).toThrow(/Name the hosts/);
    expect(networkUris({})).toEqual([]);
  });

  it('ends with the step', async () => {
    const stop = new AbortController();
    const running = tool.run({ entrypoint: '-c', code: 'while True: pass' }, { ...test.context, signal: stop.signal });
    setTimeout(() => stop.abort(), 300);
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
