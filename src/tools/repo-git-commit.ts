import { Type } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { treeChanges } from './git/changes.ts';
import { authorEnvironment } from './git/environment.ts';
import { CommitId, readHead } from './git/head.ts';
import { type Repository, withRepository } from './git/repository.ts';
import { RepositoryPath } from './git/repository-folder.ts';
import { scanChanges } from './git/scan-changes.ts';
import { findSecrets } from './git/secret-scan.ts';

/** Of a reference that is not there yet. */
const NULL_OBJECT_ID = '0'.repeat(40);

export const repoGitCommit = defineTool({
  name: 'repo.git.commit',
  title: 'Commit what is staged',
  description:
    'Commits what repo.git.add_all has staged, in the name of the caller. Before that the new content is searched for secrets; with one in it nothing is committed. With nothing to commit it tells the present commit.',
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
    branch: Type.Optional(Type.String({ description: 'The branch that is checked out.' })),
    files: Type.Integer({ description: 'How many files the commit changes.' }),
  }),
  run: ({ path, message }, ctx) =>
    withRepository(ctx, path, async (repository) => ({ path, ...(await commitStaged(repository, message, ctx)) })),
});

/** The very tree that was scanned is committed: what is staged meanwhile has to wait for the next commit. */
async function commitStaged({ git }: Repository, message: string, ctx: ToolContext) {
  const { branch, commit: parent } = await readHead(git);
  const tree = (await git.text(['write-tree'])).trim();
  const changes = await treeChanges(git, parent, tree);
  const where = branch === undefined ? {} : { branch };
  if (changes.length === 0) return { committed: false, head: parent ?? null, ...where, files: 0 };
  checkMessage(message);
  await scanChanges(git, changes, ctx);
  const made = await git.text(['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent]), '-F', '-'], {
    input: `${message.trimEnd()}\n`,
    env: authorEnvironment(ctx.user),
  });
  const head = made.trim();
  await git.text(['update-ref', 'HEAD', head, parent ?? NULL_OBJECT_ID]);
  ctx.log('INFO', `Committed ${changes.length} files as ${head.slice(0, 12)}.`);
  return { committed: true, head, ...where, files: changes.length };
}

/** @throws Fault BAD_INPUT */
function checkMessage(message: string): void {
  if (message.includes('\0')) throw new Fault('BAD_INPUT', 'The message holds a null character. Take it out.');
  const violations = findSecrets(Buffer.from(message)).map(({ line, what }) => ({
    path: '/message',
    message: `line ${line} holds ${what}`,
  }));
  if (violations.length > 0) throw new Fault('BAD_INPUT', 'The message holds a secret. Take it out.', { violations });
}
