import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { emptyBeneath } from './beneath.ts';

const execute = promisify(execFile);

/**
 * Removes a folder in which an untrusted program wrote, and may still write: it may contain folders deeper than the maximum
 * path length, or without permissions, which are left to the system's programs. They descend step by step too.
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await emptyBeneath(folder);
    await rmdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(folder)) return;
    // What chmod cannot change, rm may still remove.
    await execute('chmod', ['-R', 'u+rwX', '--', folder], { env: SYSTEM }).catch(() => {});
    await execute('rm', ['-rf', '--', folder], { env: SYSTEM });
  }
}

const SYSTEM = { PATH: '/usr/bin:/bin' };
