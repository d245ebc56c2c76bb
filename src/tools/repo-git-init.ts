import { Type } from 'typebox';
import { defineTool } from './define-tool.ts';
import { CommitId, readHead } from './git/head.ts';
import type { GitDeps } from './git/remote.ts';
import { RepositoryPath, withRepository } from './git/repository.ts';

export const repoGitInit = (deps: Pick<GitDeps, 'sandbox'>) =>
  defineTool({
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
    run: ({ path }, ctx) =>
      withRepository(deps.sandbox, ctx, { path, create: true }, async ({ git, created }) => {
        const { branch, commit } = await readHead(git);
        return { path, created, ...(branch !== undefined && { branch }), head: commit ?? null };
      }),
  });
