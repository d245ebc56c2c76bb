import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { stagedChanges } from './git/changes.ts';
import type { GitCommand } from './git/git-command.ts';
import { readHead } from './git/head.ts';
import { withRepository } from './git/repository.ts';
import { RepositoryPath } from './git/repository-folder.ts';
import { nestedRepositoryFault } from './git/scan-changes.ts';

const MAX_LISTED_FILES = 500;

export const repoGitAddAll = defineTool({
  name: 'repo.git.add_all',
  title: 'Stage all changes',
  description:
    'Stages everything that was added, changed or deleted in the folder of the repository, but for what .gitignore lists.',
  effect: 'external',
  idempotent: true,
  input: Type.Object({ path: RepositoryPath }),
  output: Type.Object({
    path: Type.String({ description: 'Folder of the repository.' }),
    staged: Type.Array(
      Type.Object({
        path: Type.String({ description: 'File, from the folder of the repository.' }),
        change: Type.Union([Type.Literal('added'), Type.Literal('modified'), Type.Literal('deleted')], {
          description: 'What the next commit does with it.',
        }),
      }),
      { description: `What the next commit would hold; the first ${MAX_LISTED_FILES}.` },
    ),
    count: Type.Integer({ description: 'How many files that are in all.' }),
  }),
  run: ({ path }, ctx) =>
    withRepository(ctx, path, async ({ git }) => {
      await stageAll(git);
      const changes = await stagedChanges(git, (await readHead(git)).commit);
      const staged = changes.slice(0, MAX_LISTED_FILES).map(({ path: file, change }) => ({ path: file, change }));
      return { path, staged, count: changes.length };
    }),
});

/**
 * What `git add --all` does, which would ask a repository within this one for its state, by its own configuration.
 * @throws Fault BAD_INPUT
 */
async function stageAll(git: GitCommand): Promise<void> {
  const listed = await git.text(['ls-files', '-z', '--others', '--modified', '--deleted', '--exclude-standard']);
  if (listed === '') return;
  for (const file of listed.split('\0')) {
    if (file.endsWith('/')) throw nestedRepositoryFault(file.slice(0, -1));
    if (file.includes('\ufffd')) {
      throw new Fault('BAD_INPUT', `The name of the file ${file} is no UTF-8. Rename it or list it in .gitignore.`);
    }
  }
  await git.text(['update-index', '-z', '--add', '--remove', '--stdin'], { input: listed });
}
