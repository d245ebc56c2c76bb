import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const start = promisify(execFile);

/**
 * Removes a folder in which a program of others wrote: that may have made folders deeper than a path is long, or such as
 * nobody may look into. The system's own programs go down step by step, and follow no link.
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    // What it cannot change, it may still be able to remove.
    await start('chmod', ['-R', 'u+rwX', '--', folder], { env: SYSTEM }).catch(() => {});
    await start('rm', ['-rf', '--', folder], { env: SYSTEM });
  }
}

const SYSTEM = { PATH: '/usr/bin:/bin' };
