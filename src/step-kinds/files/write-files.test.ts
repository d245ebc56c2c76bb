import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filePathProblem } from './file-ref.ts';
import { writeFiles } from './write-files.ts';

let folder: string;
let outside: string;
beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), 'signalbox-write-'));
  [folder, outside] = [join(base, 'repo'), join(base, 'outside')];
  await mkdir(folder);
  await mkdir(outside);
  await writeFile(join(outside, 'file'), 'untouched');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const file = (path: string, text = 'new') => ({ path, bytes: Buffer.from(text) });

describe('writeFiles', () => {
  it('creates folders, and replaces existing files', async () => {
    await writeFiles(folder, [file('a/b/c.txt', 'a long text'), file('d')]);
    await writeFiles(folder, [file('a/b/c.txt', 'short')]);
    expect(await readFile(join(folder, 'a/b/c.txt'), 'utf8')).toBe('short');
  });

  it.each([
    ['a link in place of the file', 'link', 'file', 'link'],
    ['a link on the way', 'link', '', 'link/file'],
    ['a link that leads nowhere yet', 'link', 'new', 'link'],
  ])('follows no link out of the folder: %s', async (_, name, target, path) => {
    await symlink(join(outside, target), join(folder, name));
    await expect(writeFiles(folder, [file(path)])).rejects.toMatchObject({ code: 'BAD_INPUT', path: ['files'] });
    expect(await readFile(join(outside, 'file'), 'utf8')).toBe('untouched');
    await expect(readFile(join(outside, 'new'))).rejects.toThrow(/ENOENT/);
  });

  it('does not wait for a reader of a pipe in place of a file', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(writeFiles(folder, [file('pipe')])).rejects.toMatchObject({ code: 'BAD_INPUT', path: ['files'] });
  });

  it('rejects a folder in place of a file, and a file in place of a folder', async () => {
    await writeFiles(folder, [file('a/b')]);
    await expect(writeFiles(folder, [file('a')])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(writeFiles(folder, [file('a/b/c')])).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('filePathProblem', () => {
  it.each([
    '../a',
    'a/../b',
    '/etc/passwd',
    'a//b',
    '',
    './a',
    'a\\b',
    'a\0',
    '.git/config',
    'a/.GIT/hooks/x',
    'ä',
    'a'.repeat(201),
  ])('rejects %j', (path) => {
    expect(filePathProblem(path)).toBeDefined();
  });

  it.each(['README.md', '.gitignore', 'a/b/c/__init__.py', 'a-b_c.d'])('accepts %s', (path) => {
    expect(filePathProblem(path)).toBeUndefined();
  });
});
