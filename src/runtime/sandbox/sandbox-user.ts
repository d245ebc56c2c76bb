import { execFile } from 'node:child_process';
import { chown, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Fault } from '../../core/errors.ts';
import { SETPRIV } from '../../lib/system/end-with-parent.ts';
import type { Mount } from './mounts.ts';

/**
 * The host user of programs when the server is root. Root without any capability still owns the system's files: it can
 * write /proc/sys and change the mode of /dev/null, and no process limit applies to it. When the server is an ordinary
 * user, programs run as that user.
 */
const SANDBOX_UID = 64_900;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The signal is set last, because a change of the user clears it. */
const AS_USER = `${SETPRIV} --reuid=${SANDBOX_UID} --regid=${SANDBOX_UID} --clear-groups --inh-caps=-all --pdeathsig=KILL --`;
const IF_SERVER_LIVES = 'read -r _ _ _ server _ < "/proc/$PPID/stat" && [ "$server" -eq "$0" ]';
const IF_PARENT_LIVES = '[ "$PPID" -eq "$0" ]';
const START_AND_WAIT = `${IF_SERVER_LIVES} && { ${AS_USER} /bin/sh -c '${IF_PARENT_LIVES} && exec "$@"' "$$" "$@"; exit "$?"; }`;

/**
 * A command that bubblewrap, a child of this process, runs as an ordinary user, and that ends with this process. The kernel ends
 * bubblewrap with this process. It ends the child of bubblewrap with the rights of bubblewrap, which has given them up and so cannot
 * end a process of another user: its child is a shell, which keeps its rights and has the exit code of the command.
 */
export function asSandboxUser(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', START_AND_WAIT, String(process.pid), ...command];
}

const NOT_OWNED = ['(', '!', '-uid', String(SANDBOX_UID), '-o', '!', '-gid', String(SANDBOX_UID), ')'];
const CHOWN_COMMAND = ['/usr/bin/chown', '-h', '--', `${SANDBOX_UID}:${SANDBOX_UID}`];
/** It refuses to start programs with a PATH that contains the current folder. */
const FIND = { env: { PATH: '/usr/bin' } };

/**
 * Gives mounts to the user that the program runs as: those that are writable, and folders that programs share. What belongs to
 * it is not touched, because that changes the time by which git knows a file. No symbolic link is followed, not even one
 * created meanwhile: `find` starts `chown` in the folder of the file. @throws Fault UNAVAILABLE
 */
export async function chownOwned(mounts: readonly Mount[]): Promise<void> {
  for (const { from, to } of mounts.filter(({ owned }) => owned)) {
    try {
      // The common case is a new folder, which needs no other process.
      const entries = await readdir(from).catch(() => undefined);
      if (entries?.length === 0) await chown(from, SANDBOX_UID, SANDBOX_UID);
      else
        await promisify(execFile)('/usr/bin/find', [from, ...NOT_OWNED, '-execdir', ...CHOWN_COMMAND, '{}', '+'], FIND);
    } catch (cause) {
      const message = `${to} could not be made writable for the program. Make sure that nothing else changes it meanwhile.`;
      throw new Fault('UNAVAILABLE', message, { cause });
    }
  }
}
