import { link, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';

let folder: string;
let resources: TestResources;
const at = (...parts: string[]) => join(folder, ...parts);
const append = (uri: string) => resources.append(resources.canonicalize(uri), 'added\n');
const tail = (uri: string) => resources.tail(resources.canonicalize(uri), 1_000);

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-memories-')));
  await mkdir(at('data'));
  await mkdir(at('outside'));
  await writeFile(at('data', 'a.md'), 'of the operator\n');
  await writeFile(at('outside', 'a.md'), 'secret\n');
  resources = await createTestResources({
    localRoots: [{ name: '/data', folder: at('data') }],
    memoryRoot: { name: '/memories', folder: at('memories') },
  });
});
afterEach(async () => {
  await resources.close();
  await rm(folder, { recursive: true, force: true });
});

const forbidden = expect.objectContaining({
  code: 'FORBIDDEN',
  message: expect.stringMatching(/file:\/\/\/memories\/.*MEMORY_ROOT/),
});

describe('a memory that is a file', () => {
  it('is empty until something is appended under the memory root, and is then read from there', async () => {
    expect(await tail('file:///memories/a.md')).toBe('');
    await append('file:///memories/a.md');
    await append('file:///memories/a.md');
    expect(await tail('file:///memories/a.md')).toBe('added\nadded\n');
  });

  it('may be read, but not appended to, under a local root', async () => {
    expect(await tail('file:///data/a.md')).toBe('of the operator\n');
    for (const name of ['a.md', 'new.md', '%2e%2e/a.md']) {
      await expect(append(`file:///data/${name}`)).rejects.toEqual(forbidden);
    }
    expect(await readFile(at('data', 'a.md'), 'utf8')).toBe('of the operator\n');
  });

  it('is never reached through a symbolic link, a hard link or a linked folder', async () => {
    await mkdir(at('memories', 'inner'), { recursive: true });
    await symlink(at('outside', 'a.md'), at('memories', 'symbolic'));
    await link(at('outside', 'a.md'), at('memories', 'hard'));
    await symlink(at('outside'), at('memories', 'folder'));
    await symlink(at('memories', 'inner'), at('memories', 'alias'));
    await expect(append('file:///memories/symbolic')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const name of ['hard', 'folder/a.md', 'folder/new.md', 'alias/new.md']) {
      await expect(append(`file:///memories/${name}`)).rejects.toEqual(forbidden);
    }
    await expect(tail('file:///memories/folder/a.md')).rejects.toEqual(forbidden);
    await expect(tail('file:///memories/alias/a.md')).rejects.toEqual(forbidden);
    expect(await readFile(at('outside', 'a.md'), 'utf8')).toBe('secret\n');
    await expect(readFile(at('outside', 'new.md'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('stays under the root while its folder is swapped for a link', async () => {
    await mkdir(at('memories', 'team'), { recursive: true });
    await symlink(at('outside'), at('memories', 'link'));
    let done = false;
    const swapping = (async () => {
      while (!done) {
        await rename(at('memories', 'team'), at('memories', 'aside'));
        await rename(at('memories', 'link'), at('memories', 'team'));
        await rename(at('memories', 'team'), at('memories', 'link'));
        await rename(at('memories', 'aside'), at('memories', 'team'));
      }
    })();
    for (let count = 0; count < 300; count += 1) await append('file:///memories/team/new.md').catch(() => {});
    done = true;
    await swapping;
    await expect(readFile(at('outside', 'new.md'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['file:///memories', 'file:///memories/', 'file:///memories/a//b', 'file:///memories/folder/'])(
    'cannot be %s, which does not name a file',
    async (uri) => {
      await expect(append(uri)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    },
  );
});
