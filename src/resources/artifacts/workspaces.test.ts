import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import { createWorkspaces } from './workspaces.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-workspaces-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the folders of runs', () => {
  it('are separate for each run, accessible to their owner only, and free of links', async () => {
    await symlink(folder, `${folder}-link`);
    const workspaces = createWorkspaces(join(`${folder}-link`, 'runs'));
    const run = newId('run');
    const [first, again] = [await workspaces.of(run), await workspaces.of(run)];
    expect([first, again]).toEqual([join(folder, 'runs', run), join(folder, 'runs', run)]);
    expect((await stat(first)).mode & 0o777).toBe(0o700);
    await rm(`${folder}-link`);
  });

  it.each(['', '..', '../x', 'run_1', 'step_0'])('are not created for %j', async (id) => {
    await expect(createWorkspaces(folder).of(id)).rejects.toThrow('is not the id of a run');
    expect(await readdir(folder)).toEqual([]);
  });

  it('are listed when they have not changed for long, and only those', async () => {
    const workspaces = createWorkspaces(folder);
    const [old, young] = [newId('run'), newId('run')];
    const long = new Date(Date.now() - 86_400_000);
    await workspaces.of(young);
    await utimes(await workspaces.of(old), long, long);
    await mkdir(join(folder, 'lost+found'));
    await utimes(join(folder, 'lost+found'), long, long);
    const folders: string[] = [];
    for await (const id of workspaces.unusedSince(new Date(Date.now() - 3_600_000))) folders.push(id);
    expect(folders).toEqual([old]);
  });

  it('are removed with their content', async () => {
    const workspaces = createWorkspaces(folder);
    const run = newId('run');
    await writeFile(join(await workspaces.of(run), 'file'), 'x');
    await workspaces.remove(run);
    await workspaces.remove(run);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are empty while the folder does not exist', async () => {
    const folders: string[] = [];
    for await (const id of createWorkspaces(join(folder, 'none')).unusedSince(new Date())) folders.push(id);
    expect(folders).toEqual([]);
  });
});
