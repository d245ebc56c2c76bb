import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeFolder } from './remove-folder.ts';

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

  it('may already have been removed', async () => {
    await expect(removeFolder(join(base, 'nothing'))).resolves.toBeUndefined();
  });
});
