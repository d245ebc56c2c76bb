import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeFolder } from './remove-folder.ts';

/** Exchanges `a` and `link` until one of them is removed (renameat2(2)). */
const SWAPPER = [
  'import ctypes',
  'libc = ctypes.CDLL(None)',
  'AT_FDCWD, RENAME_EXCHANGE = -100, 2',
  'print("ready", flush=True)',
  'while libc.renameat2(AT_FDCWD, b"a", AT_FDCWD, b"link", RENAME_EXCHANGE) == 0: pass',
].join('\n');

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'signalbox-remove-'));
  await mkdir(join(base, 'gone'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('a folder that an untrusted program wrote to', () => {
  it('is removed even if it nests deeper than the maximum path length', async () => {
    const deeper = 'import os\nfor _ in range(3000): os.mkdir("d"); os.chdir("d")';
    execFileSync('python3', ['-c', deeper], { cwd: join(base, 'gone') });
    await removeFolder(join(base, 'gone'));
    expect(await readdir(base)).toEqual([]);
  });

  it('is removed even if its folders are not readable, without following links', async () => {
    await mkdir(join(base, 'gone/closed/in'), { recursive: true });
    await writeFile(join(base, 'kept'), '');
    await symlink(base, join(base, 'gone/closed/link'));
    await chmod(join(base, 'gone/closed'), 0);
    await removeFolder(join(base, 'gone'));
    expect(await readdir(base)).toEqual(['kept']);
  });

  it('takes nothing outside with it while a program exchanges a folder and a link', async () => {
    const [outside, kept] = [join(base, 'outside'), Array.from({ length: 20 }, (_, i) => `file-${i}`)];
    await mkdir(outside);
    for (const name of kept) await writeFile(join(outside, name), '');
    for (let round = 0; round < 30; round += 1) {
      const folder = join(base, 'gone');
      await mkdir(join(folder, 'a'), { recursive: true });
      for (const name of kept) await writeFile(join(folder, 'a', name), '');
      await symlink(outside, join(folder, 'link'));
      const swapper = spawn('/usr/bin/python3', ['-c', SWAPPER], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(swapper, 'close');
      await once(swapper.stdout, 'data');
      try {
        await removeFolder(folder);
      } finally {
        swapper.kill('SIGKILL');
        await ended;
      }
      expect((await readdir(outside)).sort()).toEqual(kept.toSorted());
    }
  });

  it('may already have been removed', async () => {
    await expect(removeFolder(join(base, 'nothing'))).resolves.toBeUndefined();
  });
});
