import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { folder, outputOf, readmePrograms, startPython } from './python-program.ts';

const hasMypy = spawnSync('python3', ['-m', 'mypy', '--version']).status === 0;

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await tokenFor('admin', { roles: ['admin'] });
});
afterAll(() => server?.stop('SIGKILL'));

describe('the README', () => {
  it('begins with a program of at most 20 lines', async () => {
    const [program = ''] = await readmePrograms();
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    const { lines, errors, ended } = startPython(program, { url: server.url, token });
    expect([await ended, errors]).toEqual([0, []]);
    expect(lines).toContain('words SUCCEEDED');
    expect(lines.at(-1)).toBe('hello Ada');
  });

  it('has other programs that run in the client of the first', async () => {
    const [, ...programs] = await readmePrograms();
    const lines = await outputOf(programs.join('\n'), { url: server.url, token });
    expect(lines).toEqual(["[{'id': '1', 'name': 'Lamp'}]", '0 False', 'SUCCEEDED', '1']);
  });

  // Needs mypy of the python3 in PATH.
  it.skipIf(!hasMypy)('and the package pass mypy --strict', async () => {
    const programs = (await readmePrograms()).join('\n');
    for (const what of [['signalbox'], ['-c', programs]]) {
      const { stdout } = spawnSync('python3', ['-m', 'mypy', '--strict', '--cache-dir=/dev/null', ...what], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stdout).toMatch(/^Success/);
    }
  });
});
