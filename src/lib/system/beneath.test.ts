import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_DEPTH, measureBeneath, openBeneath, walkBeneath } from './beneath.ts';

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

describe('what is below a folder', () => {
  const notUtf8 = (name: string) => Buffer.concat([Buffer.from(join(root, name)), Buffer.from([0xff, 0xfe])]);
  const found = async () => {
    const paths: (readonly [string, string | undefined])[] = [];
    const isWhole = await walkBeneath(root, async (file, path) => {
      paths.push([path, await file?.readFile('utf8')]);
      return true;
    });
    return { paths: paths.sort(([a], [b]) => (a < b ? -1 : 1)), isWhole };
  };

  it('is found whatever its names are', async () => {
    await mkdir(notUtf8('folder'));
    await writeFile(Buffer.concat([notUtf8('folder'), Buffer.from('/file')]), 'hidden');
    await symlink('/etc/passwd', join(root, 'link'));
    expect(await found()).toEqual({
      paths: [
        ...[
          ['a', undefined],
          ['a/b', undefined],
          ['a/b/file', 'inside'],
        ],
        ...[
          ['folder\ufffd\ufffd', undefined],
          ['folder\ufffd\ufffd/file', 'hidden'],
          ['link', undefined],
        ],
      ],
      isWhole: true,
    });
  });

  it('is measured: bytes on the disk, and files of all types whatever their names are', async () => {
    const empty = await measureBeneath(root, { bytes: Infinity, files: Infinity });
    await writeFile(notUtf8('large'), Buffer.alloc(1_000_000, 1));
    await writeFile(join(root, 'hole'), '');
    await truncate(join(root, 'hole'), 1_000_000_000);
    await symlink('/etc', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const { bytes = 0, files = 0 } = (await measureBeneath(root, { bytes: Infinity, files: Infinity })) ?? {};
    expect(files - (empty?.files ?? 0)).toBe(4);
    expect(bytes - (empty?.bytes ?? 0)).toBeGreaterThanOrEqual(1_000_000);
    expect(bytes - (empty?.bytes ?? 0)).toBeLessThan(1_200_000);
  });

  it('is measured no further than asked', async () => {
    for (let i = 0; i < 50; i += 1) await writeFile(join(root, String(i)), '');
    expect(await measureBeneath(root, { bytes: Infinity, files: 10 })).toMatchObject({ files: 11 });
  });

  it('cannot use up the open files of this process by its depth', async () => {
    await mkdir(join(root, 'x/'.repeat(MAX_DEPTH)), { recursive: true });
    expect((await found()).isWhole).toBe(true);
    expect(await measureBeneath(root, { bytes: Infinity, files: Infinity })).toBeDefined();
    await mkdir(join(root, 'x/'.repeat(MAX_DEPTH + 1)), { recursive: true });
    expect((await found()).isWhole).toBe(false);
    expect(await measureBeneath(root, { bytes: Infinity, files: Infinity })).toBeUndefined();
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
