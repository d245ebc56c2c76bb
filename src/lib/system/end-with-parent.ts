import { existsSync } from 'node:fs';

/** Of util-linux. */
export const SETPRIV = '/usr/bin/setpriv';

/**
 * A parent that ended before the kernel was asked for the signal sends none: then nothing may start. The variables are those
 * that shells add to the environment.
 */
const IF_PARENT_LIVES = '[ "$PPID" -eq "$0" ] && unset PWD OLDPWD SHLVL && exec "$@"';

/**
 * A command whose process ends when this one does, even if this one is killed: the kernel ends it. What it starts does not
 * end with it. On a system without setpriv(1), the command as it is.
 */
export function endWithParent(command: readonly string[]): readonly string[] {
  if (!existsSync(SETPRIV)) return command;
  return [SETPRIV, '--pdeathsig=KILL', '--', '/bin/sh', '-c', IF_PARENT_LIVES, String(process.pid), ...command];
}
