import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import type { GitCommand } from './git/git-session.ts';
import { CommitId, commitOf, NULL_OBJECT_ID, readHead } from './git/head.ts';
import type { GitDeps } from './git/remote.ts';
import { RepositoryPath, withRepository } from './git/repository.ts';

export const BranchName = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_][A-Za-z0-9._/-]*$' });

export const repoGitBranch = (deps: Pick<GitDeps, 'sandbox'>) =>
  defineTool({
    name: 'repo.git.branch',
    title: 'Switch to a branch',
    description:
      'Switches to a branch and checks out its files; creates the branch at the current commit if it does not exist. Uncommitted changes are kept; if they conflict with the branch, nothing is changed.',
    effect: 'external',
    idempotent: true,
    input: Type.Object({ path: RepositoryPath, name: BranchName('Name of the branch, such as feature/listing.') }),
    output: Type.Object({
      path: Type.String({ description: 'Folder of the repository.' }),
      branch: Type.String({ description: 'Branch that is checked out.' }),
      created: Type.Boolean({ description: 'False when the branch already existed.' }),
      head: CommitId,
    }),
    run: ({ path, name }, ctx) =>
      withRepository(deps.sandbox, ctx, { path }, async ({ git }) => {
        await git.text(['check-ref-format', '--branch', name]);
        const ref = `refs/heads/${name}`;
        const { branch: current, commit } = await readHead(git);
        const target = await commitOf(git, ref);
        if (target !== undefined && target !== commit) await checkOutTree(git, commit, target);
        const created = target === undefined && current !== name;
        if (created && commit !== undefined) await git.text(['update-ref', ref, commit, NULL_OBJECT_ID]);
        await git.text(['symbolic-ref', 'HEAD', ref]);
        return { path, branch: name, created, head: target ?? commit ?? null };
      }),
  });

/** Like `git checkout`, which would also look into nested repositories. @throws Fault CONFLICT */
async function checkOutTree(git: GitCommand, from: string | undefined, to: string): Promise<void> {
  const trees = from === undefined ? [to] : [from, to];
  const output = await git.text(['read-tree', '-m', '-u', '--no-recurse-submodules', ...trees], {
    acceptedFailure: /would be (?:overwritten|removed|lost)|not uptodate|Cannot merge/,
  });
  if (output === '') return;
  throw new Fault('CONFLICT', 'Uncommitted files conflict with the branch. Commit them first.');
}
