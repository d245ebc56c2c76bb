import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driveContract } from '../../../test/support/tools/drive-contract.ts';
import type { Drive } from './drive.ts';
import { folderDrive } from './folder-drive.ts';
import { fileIdOf } from './open-file.ts';

driveContract('local folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-folder-drive-'));
  return {
    drive: folderDrive(join(folder, 'drive')),
    makeFolder: async (name) => {
      await mkdir(join(folder, 'drive', name), { recursive: true });
      return fileIdOf(name);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('a local folder as a drive', () => {
  const { signal } = new AbortController();
  let outside: string;
  let root: string;
  let drive: Drive;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'signalbox-folder-drive-'));
    root = join(outside, 'drive');
    drive = folderDrive(root);
    await writeFile(join(outside, 'secret.md'), 'anchor');
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const notFound = expect.objectContaining({ code: 'NOT_FOUND' });
  const names = async (query: string) => (await drive.search(query, 50, signal)).map(({ name }) => name);

  it('is created at its first use, readable only by its owner', async () => {
    expect(await names('anything')).toEqual([]);
    expect(await readdir(root)).toEqual([]);
  });

  it('follows no link: neither to a file, nor through a folder, nor one that is created later', async () => {
    await mkdir(join(root, 'sub'), { recursive: true });
    await writeFile(join(root, 'sub', 'own.md'), 'anchor');
    await symlink(join(outside, 'secret.md'), join(root, 'link.md'));
    await symlink(outside, join(root, 'linked'));
    expect(await names('anchor')).toEqual(['own.md']);
    for (const path of ['link.md', 'linked/secret.md', 'linked'])
      await expect(drive.get(fileIdOf(path), signal), path).rejects.toEqual(notFound);
    await rename(join(root, 'sub'), join(root, 'was'));
    await symlink(join(root, 'was'), join(root, 'sub'));
    await expect(drive.download(fileIdOf('sub/own.md'), 100, signal)).rejects.toEqual(notFound);
    const upload = { name: 'x.md', mediaType: 'text/markdown', bytes: new Uint8Array(), folder: fileIdOf('linked') };
    await expect(drive.upload(upload, signal)).rejects.toEqual(notFound);
    expect((await readdir(outside)).sort()).toEqual(['drive', 'secret.md']);
  });

  it('neither lists nor accepts hidden files', async () => {
    await mkdir(join(root, '.git'), { recursive: true });
    await writeFile(join(root, '.git', 'config'), 'anchor');
    await writeFile(join(root, '.env'), 'anchor');
    expect(await names('anchor')).toEqual([]);
    await expect(drive.get(fileIdOf('.env'), signal)).rejects.toEqual(notFound);
    for (const name of ['.env', '..', 'a/b', 'a\\b']) {
      const upload = { name, mediaType: 'text/plain', bytes: new Uint8Array() };
      await expect(drive.upload(upload, signal)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  it('rejects a name that is too long, and leaves nothing behind', async () => {
    const upload = { name: `${'ä'.repeat(200)}.md`, mediaType: 'text/markdown', bytes: new Uint8Array(10) };
    await expect(drive.upload(upload, signal)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await readdir(root)).toEqual([]);
  });

  it('numbers files with the same name, even when they are uploaded concurrently', async () => {
    const upload = () => drive.upload({ name: 'a.md', mediaType: 'text/markdown', bytes: new Uint8Array() }, signal);
    await Promise.all(Array.from({ length: 5 }, upload));
    expect((await readdir(root)).sort()).toEqual(['a (2).md', 'a (3).md', 'a (4).md', 'a (5).md', 'a.md']);
  });

  it('lists files with the words in their name first', async () => {
    await mkdir(root);
    await writeFile(join(root, 'anchor.md'), '');
    await writeFile(join(root, 'newer.md'), 'anchor');
    expect(await names('anchor')).toEqual(['anchor.md', 'newer.md']);
  });
});
