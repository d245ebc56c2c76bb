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
  it('looks when a file is written, and again when another one is renamed over it', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await writeFile(file, 'two');
    await vi.waitFor(() => expect(check).toHaveBeenCalled());
    const before = check.mock.calls.length;
    await writeFile(join(folder, 'new'), 'three');
    await rename(join(folder, 'new'), file);
    await vi.waitFor(() => expect(check.mock.calls.length).toBeGreaterThan(before));
  });

  it('looks when the link of a mounted ConfigMap is swapped, though the file itself sees no event', async () => {
    await symlink('..v1', join(folder, '..data'));
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await symlink('..v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await vi.waitFor(() => expect(check).toHaveBeenCalled());
  });

  it('does not look for what happens to other files of the folder', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([file], check, never);
    await writeFile(join(folder, 'database-wal'), 'busy');
    await setTimeout(200);
    expect(check).not.toHaveBeenCalled();
  });

  it('looks by and by where no event tells: a link into another folder', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'real'), 'one');
    await symlink('elsewhere/real', join(folder, 'link'));
    const check = vi.fn(async () => {});
    watching = watchFiles([join(folder, 'link')], check, { pollMs: 20 });
    await vi.waitFor(() => expect(check.mock.calls.length).toBeGreaterThan(2));
  });

  it('looks by and by at a folder that is not there', async () => {
    const check = vi.fn(async () => {});
    watching = watchFiles([join(folder, 'missing', 'policy.csv')], check, { pollMs: 20 });
    await vi.waitFor(() => expect(check).toHaveBeenCalled());
  });

  it('never looks twice at once, and looks again for what changed meanwhile', async () => {
    const ends: (() => void)[] = [];
    const check = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
    watching = watchFiles([file], check, never);
    await writeFile(file, 'two');
    await vi.waitFor(() => expect(check).toHaveBeenCalledTimes(1));
    await writeFile(file, 'three');
    await setTimeout(200);
    expect(check).toHaveBeenCalledTimes(1);
    ends[0]?.();
    await vi.waitFor(() => expect(check).toHaveBeenCalledTimes(2));
    ends[1]?.();
  });

  it('does not look any more once it is closed', async () => {
    const check = vi.fn(async () => {});
    watchFiles([file], check, { pollMs: 20 }).close();
    await writeFile(file, 'two');
    await setTimeout(200);
    expect(check).not.toHaveBeenCalled();
  });
});
