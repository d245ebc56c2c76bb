import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Removes a folder in which an untrusted program wrote: it may contain folders deeper than the maximum path length, or
 * without permissions. The system's programs descend step by step, and follow no links.
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    // What chmod cannot change, rm may still remove.
    await execute('chmod', ['-R', 'u+rwX', '--', folder], { env: SYSTEM }).catch(() => {});
    await execute('rm', ['-rf', '--', folder], { env: SYSTEM });
  }
}

const SYSTEM = { PATH: '/usr/bin:/bin' };
