import { abortFault } from '../../core/abort.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import { awaitOrAbort } from '../shared/retry.ts';
import { checkGitFolder } from './check-git-folder.ts';
import { withCommonFolder } from './common-folder.ts';
import { gitEnvironment, repositoryEnvironment } from './environment.ts';
import { createGitCommand, type GitCommand } from './git-command.ts';
import { repositoryFolder } from './repository-folder.ts';

/** For each folder, the end of the last call that runs or waits. */
const queueTails = new Map<string, Promise<void>>();

/**
 * Calls `use` when all earlier calls for this folder have ended, successfully or not.
 * @throws Fault CANCELLED, TIMEOUT when the signal is aborted during the wait
 */
export async function runExclusive<T>(folder: string, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
  const before = queueTails.get(folder) ?? Promise.resolve();
  const turn = before.then(() => {
    if (signal.aborted) throw abortFault(signal);
    return use();
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
 * Opens a repository that may be hostile: git takes only objects, references and the index from it. Calls for the same
 * repository run one after the other.
 * @throws Fault NOT_FOUND, FORBIDDEN, BAD_INPUT
 */
export async function withRepository<T>(
  ctx: ToolContext,
  path: string,
  use: (repository: Repository) => Promise<T>,
): Promise<T> {
  const folder = await repositoryFolder(await ctx.workspace(), path);
  return runExclusive(folder, ctx.signal, async () => {
    const gitFolder = `${folder}/.git`;
    await checkGitFolder(gitFolder);
    return withCommonFolder(gitFolder, (common) => {
      const env = { ...gitEnvironment(common), ...repositoryEnvironment(folder, common) };
      return use({ git: createGitCommand(folder, env, ctx.signal) });
    });
  });
}
