import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { commitOf, readHead } from './git/head.ts';
import { createRemoteGateway, type GitDeps, remoteUri } from './git/remote.ts';
import { type Repository, RepositoryPath, withRepository } from './git/repository.ts';
import { BranchName } from './repo-git-branch.ts';

/** Pushes with the server's token, never by force. */
export const repoGitPush = (deps: GitDeps) =>
  defineTool({
    name: 'repo.git.push',
    title: 'Push a branch',
    description:
      'Pushes a branch to a remote repository under the same name. The policy must allow the remote. Never overwrites commits that only the remote has.',
    effect: 'external',
    idempotent: true,
    input: Type.Object({
      path: RepositoryPath,
      remote: Type.String({
        description: 'URI of the remote repository, such as https://git.example.com/team/project.git.',
        minLength: 1,
        maxLength: 2_048,
      }),
      branch: Type.Optional(BranchName('Branch to push. Default: the branch that is checked out.')),
    }),
    output: Type.Object({
      path: Type.String({ description: 'Folder of the repository.' }),
      remote: Type.String({ description: 'Canonical URI of the remote repository.' }),
      branch: Type.String({ description: 'Branch that was pushed.' }),
      head: Type.String({ description: 'Id of the commit that the branch on the remote now points to.' }),
      updated: Type.Boolean({ description: 'False when the remote already had this commit.' }),
    }),
    accessedUris: ({ remote }) => [remoteUri(remote)],
    async run({ path, remote, branch }, ctx) {
      const uri = remoteUri(remote);
      const {
        url,
        listener: gateway,
        failure,
      } = createRemoteGateway(uri, deps, { signal: ctx.signal, owner: ctx.user });
      const options = { path, writable: false, gateway };
      const pushed = await withRepository(deps.sandbox, ctx, options, (repository) =>
        push(repository, { url, branch }).catch((error: unknown) => {
          throw failure() ?? error;
        }),
      );
      ctx.log('INFO', `${pushed.updated ? 'Pushed' : 'Nothing to push of'} ${pushed.branch} to ${uri.href}.`);
      return { path, remote: uri.href, ...pushed };
    },
  });

interface PushRequest {
  /** What git connects to. */
  readonly url: string;
  readonly branch: string | undefined;
}

async function push({ git }: Repository, { url, branch }: PushRequest) {
  const name = branch ?? (await readHead(git)).branch;
  if (name === undefined) throw new Fault('BAD_INPUT', 'No branch is checked out. Set branch to the branch to push.');
  const ref = `refs/heads/${name}`;
  const head = await commitOf(git, ref);
  if (head === undefined) {
    throw new Fault('NOT_FOUND', `The branch ${name} has no commit. Call repo.git.add_all and repo.git.commit first.`);
  }
  const output = await git.text(
    ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--', url, `${head}:${ref}`],
    { acceptedFailure: /^!\t/m },
  );
  return { branch: name, head, updated: wasUpdated(output) };
}

/** `FLAG TAB from:to TAB summary` (git-push, "output"). @throws Fault CONFLICT, FORBIDDEN */
function wasUpdated(output: string): boolean {
  const [, flag, summary = ''] = /^([ +\-*=!])\t[^\t]*\t(.*)$/m.exec(output) ?? [];
  if (flag === '=') return false;
  if (flag !== '!') return true;
  if (/non-fast-forward|fetch first|stale info|already exists/.test(summary)) {
    throw new Fault(
      'CONFLICT',
      'The branch on the remote has commits that this repository does not have. Push another branch.',
    );
  }
  throw new Fault('FORBIDDEN', `The remote rejected the branch: ${summary.slice(0, 200).toWellFormed()}.`);
}
