import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceRemoval } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { idPrefix } from '../../core/ids.ts';
import { removeFolder } from '../../lib/system/remove-folder.ts';

/** The folders of runs, for files of their steps; kept as long as the run. */
export interface Workspaces extends WorkspaceRemoval {
  /** The folder of a run, absolute and free of links, created when missing. @throws Fault UNAVAILABLE */
  of(runId: string): Promise<string>;
}

/** @param folder absolute; created at first use */
export function createWorkspaces(folder: string): Workspaces {
  const placeOf = (runId: string) => {
    if (idPrefix(runId) !== 'run') throw new Error(`${runId} is not the id of a run`);
    return join(folder, runId);
  };
  return {
    async of(runId) {
      const folderPath = placeOf(runId);
      try {
        await mkdir(folderPath, { recursive: true, mode: 0o700 });
      } catch (cause) {
        throw new Fault('UNAVAILABLE', 'The folder of the run cannot be created. Check the disk of the server.', {
          cause,
        });
      }
      return realpath(folderPath);
    },
    async *unusedSince(before) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        if (idPrefix(name) !== 'run') continue;
        const stats = await stat(join(folder, name)).catch(() => undefined);
        if (stats && stats.mtime < before) yield name;
      }
    },
    remove: (runId) => removeFolder(placeOf(runId)),
  };
}
