import { abortFault } from '../../core/abort.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import { awaitOrAbort } from '../shared/retry.ts';
import { checkGitFolder } from './check-git-folder.ts';
import { withCommonFolder } from './common-folder.ts';
import { gitEnvironment, repositoryEnvironment } from './environment.ts';
import { createGitCommand, type GitCommand } from './git-command.ts';
import { repositoryFolder } from './repository-folder.ts';

/** When the last of those that work or wait has ended, for each folder. */
const queueTails = new Map<string, Promise<void>>();

/**
 * Begins when all that were called before for this folder have ended, however they ended.
 * @throws Fault CANCELLED, TIMEOUT when the signal is aborted while it waits
 */
export async function runExclusive<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = queueTails.get(folder) ?? Promise.resolve();
  const turn = before.then(() => {
    if (signal.aborted) throw abortFault(signal);
    return work();
  });
  const end = turn.then(
    () => {},
    () => {},
  );
  queueTails.set(folder, end);
  void end.then(() => queueTails.get(folder) === end && queueTails.delete(folder));
  await awaitOrAbort(before, signal);
  return turn;
}

/** A repository of the workspace. */
export interface Repository {
  readonly git: GitCommand;
}

/**
 * Works on a repository that may be hostile: git takes nothing but objects, references and the index from it. Calls on one
 * repository wait for each other.
 * @throws Fault NOT_FOUND, FORBIDDEN, BAD_INPUT
 */
export async function withRepository<T>(
  ctx: ToolContext,
  path: string,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const folder = await repositoryFolder(await ctx.workspace(), path);
  return runExclusive(folder, ctx.signal, async () => {
    const gitFolder = `${folder}/.git`;
    await checkGitFolder(gitFolder);
    return withCommonFolder(gitFolder, (common) => {
      const env = { ...gitEnvironment(common), ...repositoryEnvironment(folder, common) };
      return work({ git: createGitCommand(folder, env, ctx.signal) });
    });
  });
}
