import { Fault } from '../core/errors.ts';
import type { GitCommand } from './git/git-command.ts';

/**
 * The first release that connects to the addresses which it is told (`http.curloptResolve`). An older one would ignore
 * that and ask the name server itself.
 */
const LEAST = [2, 37] as const;

/** @throws Fault UNAVAILABLE */
export async function checkGitVersion(git: GitCommand): Promise<void> {
  const said = await git.text(['version']);
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
  const newEnough = Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]);
  if (!newEnough) {
    throw new Fault('UNAVAILABLE', `The server has ${said.trim()}; to push it needs git ${LEAST.join('.')} or later.`);
  }
}
