import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { stagedChanges } from './git/changes.ts';
import type { GitCommand } from './git/git-session.ts';
import { readHead } from './git/head.ts';
import type { GitDeps } from './git/remote.ts';
import { RepositoryPath, withRepository } from './git/repository.ts';
import { nestedRepositoryFault } from './git/scan-changes.ts';

const MAX_LISTED_FILES = 500;

export const repoGitAddAll = (deps: Pick<GitDeps, 'sandbox'>) =>
  defineTool({
    name: 'repo.git.add_all',
    title: 'Stage all changes',
    description:
      'Stages all files that were added, changed or deleted in the folder of the repository, except those in .gitignore.',
    effect: 'external',
    idempotent: true,
    input: Type.Object({ path: RepositoryPath }),
    output: Type.Object({
      path: Type.String({ description: 'Folder of the repository.' }),
      staged: Type.Array(
        Type.Object({
          path: Type.String({ description: 'Path of the file, relative to the folder of the repository.' }),
          change: Type.Union([Type.Literal('added'), Type.Literal('modified'), Type.Literal('deleted')], {
            description: 'How the next commit changes the file.',
          }),
        }),
        { description: `Changes of the next commit; at most the first ${MAX_LISTED_FILES}.` },
      ),
      count: Type.Integer({ description: 'Total number of changed files.' }),
    }),
    run: ({ path }, ctx) =>
      withRepository(deps.sandbox, ctx, { path }, async ({ git }) => {
        await stageAll(git);
        const changes = await stagedChanges(git, (await readHead(git)).commit);
        const staged = changes.slice(0, MAX_LISTED_FILES).map(({ path: file, change }) => ({ path: file, change }));
        return { path, staged, count: changes.length };
      }),
  });

/**
 * Like `git add --all`, which would read the state of a nested repository with that repository's configuration.
 * @throws Fault BAD_INPUT
 */
async function stageAll(git: GitCommand): Promise<void> {
  const listed = await git.text(['ls-files', '-z', '--others', '--modified', '--deleted', '--exclude-standard']);
  if (listed === '') return;
  for (const file of listed.split('\0')) {
    if (file.endsWith('/')) throw nestedRepositoryFault(file.slice(0, -1));
    if (file.includes('\ufffd')) {
      throw new Fault('BAD_INPUT', `The name of the file ${file} is not UTF-8. Rename it or list it in .gitignore.`);
    }
  }
  await git.text(['update-index', '-z', '--add', '--remove', '--stdin'], { input: listed });
}
