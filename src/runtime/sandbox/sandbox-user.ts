import { execFile } from 'node:child_process';
import { chown, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Fault } from '../../core/errors.ts';
import type { Mount } from './mounts.ts';

/**
 * Who programs are on this machine when the server is root. Root without any capability still owns the system's files:
 * it may write /proc/sys and change the mode of /dev/null, and no limit of processes holds it. An ordinary user has
 * nothing of that to lose, so there programs are who the server is.
 */
export const SANDBOX_UID = 64_900;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The words before a command that make it an ordinary user. */
export const SETPRIV_COMMAND: readonly string[] = [
  '/usr/bin/setpriv',
  `--reuid=${SANDBOX_UID}`,
  `--regid=${SANDBOX_UID}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--',
];

/** Gives what a program may write to the user that it will be. @throws Fault UNAVAILABLE */
export async function chownWritable(places: readonly Mount[]): Promise<void> {
  for (const { from } of places.filter(({ writable }) => writable)) {
    try {
      // The common case is a new folder, and a program less.
      const held = await readdir(from).catch(() => undefined);
      if (held?.length === 0) await chown(from, SANDBOX_UID, SANDBOX_UID);
      // It follows no symbolic link, also when one is put in its way while it walks.
      else await promisify(execFile)('/usr/bin/chown', ['-R', '-h', '--', `${SANDBOX_UID}:${SANDBOX_UID}`, from]);
    } catch (cause) {
      const message = `${from} could not be made writable for the sandbox. See that nothing else changes it meanwhile.`;
      throw new Fault('UNAVAILABLE', message, { cause });
    }
  }
}
