import { lstat } from 'node:fs/promises';
import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import { gitEnvironment } from './git/environment.ts';
import { createGitCommand } from './git/git-command.ts';
import { CommitId, readHead } from './git/head.ts';
import { runExclusive, withRepository } from './git/repository.ts';
import { RepositoryPath, repositoryFolder } from './git/repository-folder.ts';

export const repoGitInit = defineTool({
  name: 'repo.git.init',
  title: 'Create a git repository',
  description:
    'Creates a git repository in a folder of the workspace, with the branch main and no commit. An existing repository is not changed.',
  effect: 'external',
  idempotent: true,
  input: Type.Object({ path: RepositoryPath }),
  output: Type.Object({
    path: Type.String({ description: 'Folder of the repository.' }),
    created: Type.Boolean({ description: 'False when the repository already existed.' }),
    branch: Type.Optional(Type.String({ description: 'Branch that is checked out.' })),
    head: CommitId,
  }),
  async run({ path }, ctx) {
    const folder = await repositoryFolder(await ctx.workspace(), path, true);
    const created = await runExclusive(folder, ctx.signal, async () => {
      if (await lstat(`${folder}/.git`).catch(() => undefined)) return false;
      const git = createGitCommand(folder, gitEnvironment(folder), ctx.signal);
      await git.text(['init', '--quiet', '--template=', '--initial-branch=main']);
      return true;
    });
    const { branch, commit } = await withRepository(ctx, path, ({ git }) => readHead(git));
    return { path, created, ...(branch !== undefined && { branch }), head: commit ?? null };
  },
});
