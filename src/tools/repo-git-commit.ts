import { Type } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { treeChanges } from './git/changes.ts';
import { authorEnvironment } from './git/environment.ts';
import { CommitId, NULL_OBJECT_ID, readHead } from './git/head.ts';
import type { GitDeps } from './git/remote.ts';
import { type Repository, RepositoryPath, withRepository } from './git/repository.ts';
import { scanChanges } from './git/scan-changes.ts';
import { findSecrets } from './git/secret-scan.ts';

export const repoGitCommit = (deps: Pick<GitDeps, 'sandbox'>) =>
  defineTool({
    name: 'repo.git.commit',
    title: 'Commit staged changes',
    description:
      'Commits what repo.git.add_all has staged, with the caller as author. First searches the new content for secrets, and commits nothing if it finds one. With nothing to commit, returns the current commit.',
    effect: 'external',
    idempotent: true,
    input: Type.Object({
      path: RepositoryPath,
      message: Type.String({ description: 'What changed and why.', minLength: 1, maxLength: 20_000, pattern: '\\S' }),
    }),
    output: Type.Object({
      path: Type.String({ description: 'Folder of the repository.' }),
      committed: Type.Boolean({ description: 'False when there was nothing to commit.' }),
      head: CommitId,
      branch: Type.Optional(Type.String({ description: 'Branch that is checked out.' })),
      files: Type.Integer({ description: 'Number of files that the commit changes.' }),
    }),
    run: ({ path, message }, ctx) =>
      withRepository(deps.sandbox, ctx, { path }, async (repository) => ({
        path,
        ...(await commitStaged(repository, message, ctx)),
      })),
  });

/** Commits exactly the tree that was scanned: what is staged meanwhile is part of the next commit. */
async function commitStaged({ git }: Repository, message: string, ctx: ToolContext) {
  const { branch, commit: parent } = await readHead(git);
  const tree = (await git.text(['write-tree'])).trim();
  const changes = await treeChanges(git, parent, tree);
  const where = branch === undefined ? {} : { branch };
  if (changes.length === 0) return { committed: false, head: parent ?? null, ...where, files: 0 };
  checkMessage(message);
  await scanChanges(git, changes, ctx);
  const output = await git.text(['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent]), '-F', '-'], {
    input: `${message.trimEnd()}\n`,
    env: authorEnvironment(ctx.user),
  });
  const head = output.trim();
  await git.text(['update-ref', 'HEAD', head, parent ?? NULL_OBJECT_ID]);
  ctx.log('INFO', `Committed ${changes.length} files as ${head.slice(0, 12)}.`);
  return { committed: true, head, ...where, files: changes.length };
}

/** @throws Fault BAD_INPUT */
function checkMessage(message: string): void {
  if (message.includes('\0')) throw new Fault('BAD_INPUT', 'The message contains a null character. Remove it.');
  const violations = findSecrets(Buffer.from(message)).map(({ line, what }) => ({
    path: '/message',
    message: `line ${line} contains ${what}`,
  }));
  if (violations.length > 0) throw new Fault('BAD_INPUT', 'The message contains a secret. Remove it.', { violations });
}
