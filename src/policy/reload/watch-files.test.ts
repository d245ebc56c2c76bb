import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFiles } from './watch-files.ts';

let folder: string;
let file: string;
let watching: { close(): void } | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-files-'));
  file = join(folder, 'policy.csv');
  await writeFile(file, 'one');
});

afterEach(async () => {
  watching?.close();
  await rm(folder, { recursive: true });
});

const never = { pollMs: 3_600_000 };

describe('watching files', () => {
  it('checks when a file is written, and again when another one is renamed over it', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await writeFile(file, 'two');
    await expect.poll(() => check).toHaveBeenCalled();
    const before = check.mock.calls.length;
    await writeFile(join(folder, 'new'), 'three');
    await rename(join(folder, 'new'), file);
    await expect.poll(() => check.mock.calls.length).toBeGreaterThan(before);
  });

  it('checks when the link of a mounted ConfigMap is swapped, although the file gets no event', async () => {
    await symlink('..v1', join(folder, '..data'));
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await symlink('..v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await expect.poll(() => check).toHaveBeenCalled();
  });

  it('does not check for other files of the folder', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await writeFile(join(folder, 'database-wal'), 'busy');
    await setTimeout(200);
    expect(check).not.toHaveBeenCalled();
  });

  it('checks periodically without events: a link into another folder', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'real'), 'one');
    await symlink('elsewhere/real', join(folder, 'link'));
    const check = vi.fn(async () => {});
    watching = watchFiles([join(folder, 'link')], check, { pollMs: 20 });
    await expect.poll(() => check.mock.calls.length).toBeGreaterThan(2);
  });

  it('checks a missing folder periodically', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([join(folder, 'missing', 'policy.csv')], check, { pollMs: 20 });
    await expect.poll(() => check).toHaveBeenCalled();
  });

  it('never checks concurrently, and checks again for changes in the meantime', async () => {
    const ends: (() => void)[] = [];
    const check = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
    watching = watchFiles([file], check, never);
    await writeFile(file, 'two');
    await expect.poll(() => check).toHaveBeenCalledTimes(1);
    await writeFile(file, 'three');
    await setTimeout(200);
    expect(check).toHaveBeenCalledTimes(1);
    ends[0]?.();
    await expect.poll(() => check).toHaveBeenCalledTimes(2);
    ends[1]?.();
  });

  it('no longer checks when it is closed', async () => {
    const check = vi.fn(async () => {});
    watchFiles([file], check, { pollMs: 20 }).close();
    await writeFile(file, 'two');
    await setTimeout(200);
    expect(check).not.toHaveBeenCalled();
  });
});
