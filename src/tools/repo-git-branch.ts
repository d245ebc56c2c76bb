import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import type { GitCommand } from './git/git-command.ts';
import { CommitId, commitOf, readHead } from './git/head.ts';
import { withRepository } from './git/repository.ts';
import { RepositoryPath } from './git/repository-folder.ts';

export const BranchName = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_][A-Za-z0-9._/-]*$' });

const NULL_OBJECT_ID = '0'.repeat(40);

export const repoGitBranch = defineTool({
  name: 'repo.git.branch',
  title: 'Go to a branch',
  description:
    'Makes a branch at the present commit and goes to it; to one that is there it only goes, with its files. Changes that are not committed are kept, or nothing is done when they stand in the way.',
  effect: 'external',
  idempotent: true,
  input: Type.Object({ path: RepositoryPath, name: BranchName('Name of the branch, such as feature/listing.') }),
  output: Type.Object({
    path: Type.String({ description: 'Folder of the repository.' }),
    branch: Type.String({ description: 'The branch that is checked out.' }),
    created: Type.Boolean({ description: 'False when it was there already.' }),
    head: CommitId,
  }),
  run: ({ path, name }, ctx) =>
    withRepository(ctx, path, async ({ git }) => {
      await git.text(['check-ref-format', '--branch', name]);
      const ref = `refs/heads/${name}`;
      const { branch: present, commit } = await readHead(git);
      const there = await commitOf(git, ref);
      if (there !== undefined && there !== commit) await checkOutTree(git, commit, there);
      const created = there === undefined && present !== name;
      if (created && commit !== undefined) await git.text(['update-ref', ref, commit, NULL_OBJECT_ID]);
      await git.text(['symbolic-ref', 'HEAD', ref]);
      return { path, branch: name, created, head: there ?? commit ?? null };
    }),
});

/** As checkout does, which would also look into repositories within this one. @throws Fault CONFLICT */
async function checkOutTree(git: GitCommand, from: string | undefined, to: string): Promise<void> {
  const trees = from === undefined ? [to] : [from, to];
  const said = await git.text(['read-tree', '-m', '-u', '--no-recurse-submodules', ...trees], {
    acceptedFailure: /would be (?:overwritten|removed|lost)|not uptodate|Cannot merge/,
  });
  if (said === '') return;
  throw new Fault('CONFLICT', 'Files that are not committed stand in the way of the branch. Commit them first.');
}
