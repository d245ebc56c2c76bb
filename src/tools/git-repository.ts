import type { ToolContext } from '../core/agent-session.ts';
import { checkPlainStore } from './git/check-git-folder.ts';
import { withCommonFolder } from './git/common-folder.ts';
import { gitEnvironment, placeEnvironment } from './git/environment.ts';
import { createGitCommand, type GitCommand } from './git/git-command.ts';
import { repositoryFolder } from './git/repository-folder.ts';
import { inTurn } from './git-turns.ts';

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
  return inTurn(folder, ctx.signal, async () => {
    const gitFolder = `${folder}/.git`;
    await checkPlainStore(gitFolder);
    return withCommonFolder(gitFolder, (common) => {
      const env = { ...gitEnvironment(common), ...placeEnvironment(folder, common) };
      return work({ git: createGitCommand(folder, env, ctx.signal) });
    });
  });
}
