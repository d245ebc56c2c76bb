import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBeneath, walkBeneath } from './beneath.ts';

const ROUNDS = 1_000;
const SECRET = 'the secret outside';

let root: string;
let outside: string;
let swapper: ChildProcess | undefined;

beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), 'signalbox-beneath-'));
  [root, outside] = [join(base, 'workspace'), join(base, 'outside')];
  await mkdir(join(root, 'a', 'b'), { recursive: true });
  await mkdir(join(outside, 'b'), { recursive: true });
  await writeFile(join(root, 'a', 'b', 'file'), 'inside');
  await writeFile(join(outside, 'b', 'file'), SECRET);
});
afterEach(async () => {
  if (swapper) {
    // It runs until it is killed.
    expect(swapper.exitCode).toBeNull();
    const closed = once(swapper, 'close');
    swapper.kill('SIGKILL');
    await closed;
    swapper = undefined;
  }
  await rm(join(root, '..'), { recursive: true });
});

/** A program that exchanges the folder `a` and a link to the folder outside, as fast as it can (renameat2(2)). */
async function swapFolder(): Promise<void> {
  await symlink(outside, join(root, 'link'));
  const code = [
    'import ctypes',
    'libc = ctypes.CDLL(None)',
    'AT_FDCWD, RENAME_EXCHANGE = -100, 2',
    'print("ready", flush=True)',
    'while libc.renameat2(AT_FDCWD, b"a", AT_FDCWD, b"link", RENAME_EXCHANGE) == 0: pass',
  ];
  swapper = spawn('/usr/bin/python3', ['-c', code.join('\n')], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(swapper.stdout as NodeJS.ReadableStream, 'data');
}

async function read(path: string): Promise<string> {
  const file = await openBeneath(root, path, constants.O_RDONLY);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('openBeneath', () => {
  it('opens a file in nested folders, and creates folders when asked to', async () => {
    expect(await read('a/b/file')).toBe('inside');
    const flags = constants.O_WRONLY | constants.O_CREAT;
    const file = await openBeneath(root, 'c/d/new', flags, { createFolders: true });
    await file.writeFile('new');
    await file.close();
    expect(await readFile(join(root, 'c/d/new'), 'utf8')).toBe('new');
    await expect(openBeneath(root, 'x/y', flags)).rejects.toEqual(code('ENOENT'));
  });

  it.each(['', '.', '..', '../outside/b/file', 'a/../a/b/file', '/etc/passwd', 'a//b/file', 'a/', 'a\0'])(
    'rejects the path %j',
    async (path) => {
      await expect(openBeneath(root, path, constants.O_RDONLY)).rejects.toEqual(code('EINVAL'));
    },
  );

  it('follows no link: in place of the file, on the way, or in place of the folder', async () => {
    await symlink(join(outside, 'b', 'file'), join(root, 'file'));
    await symlink(outside, join(root, 'folder'));
    await expect(read('file')).rejects.toEqual(code('ELOOP'));
    await expect(read('folder/b/file')).rejects.toEqual(code('ENOTDIR'));
    await expect(openBeneath(join(root, 'folder'), 'b', constants.O_RDONLY)).rejects.toEqual(code('ENOTDIR'));
  });

  it('does not wait for the other side of a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(openBeneath(root, 'pipe', constants.O_WRONLY)).rejects.toEqual(code('ENXIO'));
  });
});

describe('while a program swaps a folder for a link to another one', () => {
  it('nothing outside is read', async () => {
    await swapFolder();
    const texts = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      texts.add(await read('a/b/file').catch((error: NodeJS.ErrnoException) => String(error.code)));
      await walkBeneath(root, async (file) => {
        if (file) texts.add(await file.readFile('utf8'));
        return true;
      });
    }
    expect([...texts].filter((text) => !['inside', 'ENOENT', 'ENOTDIR'].includes(text))).toEqual([]);
    expect(texts).toContain('inside');
  });

  it('nothing outside is created or changed', async () => {
    await swapFolder();
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    let written = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const file = await openBeneath(root, 'a/b/file', flags).catch(() => undefined);
      await file?.writeFile('inside');
      await file?.close();
      const created = await openBeneath(root, `a/new-${round}/file`, flags, { createFolders: true }).catch(
        () => undefined,
      );
      await created?.close();
      if (file && created) written += 1;
    }
    expect(written).toBeGreaterThan(0);
    expect(await readdir(outside, { recursive: true })).toEqual(['b', 'b/file']);
    expect(await readFile(join(outside, 'b', 'file'), 'utf8')).toBe(SECRET);
  });
});
