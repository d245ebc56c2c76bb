import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execUri, findProgram } from './exec-uri.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-exec-'));
  await writeFile(join(folder, 'a b%+@'), '', { mode: 0o755 });
  await writeFile(join(folder, 'data'), '', { mode: 0o644 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a program', () => {
  it('has the URI of its path', () => {
    expect(execUri('sh')).toMatchObject({
      scheme: 'exec',
      href: expect.stringMatching(/^exec:\/\/\/(usr\/)?(local\/)?bin\/sh$/),
    });
    expect(execUri('/usr/bin/../bin/env').href).toBe('exec:///usr/bin/env');
    expect(execUri(join(folder, 'a b%+@')).path).toBe(`${folder}/a%20b%25+@`);
  });

  it('called node is the Node.js that runs this server', () => {
    expect(findProgram('node')).toBe(process.execPath);
    expect(findProgram('/run/signalbox/bin/node')).toBe(process.execPath);
  });

  it('has a URI that does not tell where this server is installed', () => {
    for (const name of ['node', process.execPath, '/run/signalbox/bin/node']) {
      expect(execUri(name)).toMatchObject({ href: 'exec:///run/signalbox/bin/node', path: '/run/signalbox/bin/node' });
    }
  });

  it.each([
    ['nothing-like-this', 'NOT_FOUND'],
    ['/usr/bin/nothing-like-this', 'NOT_FOUND'],
    ['bin/sh', 'BAD_INPUT'],
    ['', 'BAD_INPUT'],
    ['sh\0', 'BAD_INPUT'],
  ])('%j is rejected', (name, code) => {
    expect(() => execUri(name)).toThrow(expect.objectContaining({ code }));
  });

  it('is a file that may be started', () => {
    expect(() => findProgram(join(folder, 'data'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
