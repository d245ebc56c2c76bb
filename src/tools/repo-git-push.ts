import { Type } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import { defineTool } from './define-tool.ts';
import { configEnvironment, type GitConfig } from './git/environment.ts';
import { commitOf, readHead } from './git/head.ts';
import { checkGitVersion, type GitSettings, remoteConfig, remoteUri } from './git/remote.ts';
import { type Repository, withRepository } from './git/repository.ts';
import { RepositoryPath } from './git/repository-folder.ts';
import { BranchName } from './repo-git-branch.ts';

/** A tool that pushes with the server's token, never by force. */
export const repoGitPush = (settings: GitSettings) =>
  defineTool({
    name: 'repo.git.push',
    title: 'Push a branch',
    description:
      'Pushes a branch to a remote repository, under the same name. The policy is asked about the remote. Commits that only the remote has are never overwritten.',
    effect: 'external',
    idempotent: true,
    input: Type.Object({
      path: RepositoryPath,
      remote: Type.String({
        description: 'URI of the other repository, such as https://git.example.com/team/project.git.',
        minLength: 1,
        maxLength: 2_048,
      }),
      branch: Type.Optional(BranchName('Branch to push. Default: the one that is checked out.')),
    }),
    output: Type.Object({
      path: Type.String({ description: 'Folder of the repository.' }),
      remote: Type.String({ description: 'Canonical URI of the other repository.' }),
      branch: Type.String({ description: 'The branch that was pushed.' }),
      head: Type.String({ description: 'Id of the commit that the branch is at there now.' }),
      updated: Type.Boolean({ description: 'False when it was there already.' }),
    }),
    accessedUris: ({ remote }) => [remoteUri(remote)],
    async run({ path, remote, branch }, ctx) {
      const uri = remoteUri(remote);
      const config = await remoteConfig(uri, settings);
      return withRepository(ctx, path, async (repository) => {
        const pushed = await push(repository, { remote: uri.href, branch, config }, ctx);
        return { path, remote: uri.href, ...pushed };
      });
    },
  });

interface PushRequest {
  readonly remote: string;
  readonly branch: string | undefined;
  readonly config: GitConfig;
}

async function push({ git }: Repository, { remote, branch, config }: PushRequest, ctx: ToolContext) {
  await checkGitVersion(git);
  const name = branch ?? (await readHead(git)).branch;
  if (name === undefined) throw new Fault('BAD_INPUT', 'No branch is checked out. Name the branch to push.');
  const ref = `refs/heads/${name}`;
  const head = await commitOf(git, ref);
  if (head === undefined) {
    throw new Fault('NOT_FOUND', `The branch ${name} has no commit. Call repo.git.add_all and repo.git.commit first.`);
  }
  const said = await git.text(
    ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--', remote, `${head}:${ref}`],
    {
      env: configEnvironment(config),
      acceptedFailure: /^!\t/m,
    },
  );
  const updated = wasUpdated(said);
  ctx.log('INFO', updated ? `Pushed ${name} to ${remote}.` : `${remote} has ${name} already.`);
  return { branch: name, head, updated };
}

/** `FLAG TAB from:to TAB summary` (git-push, "output"). @throws Fault CONFLICT, FORBIDDEN */
function wasUpdated(said: string): boolean {
  const [, flag, summary = ''] = /^([ +\-*=!])\t[^\t]*\t(.*)$/m.exec(said) ?? [];
  if (flag === '=') return false;
  if (flag !== '!') return true;
  if (/non-fast-forward|fetch first|stale info|already exists/.test(summary)) {
    throw new Fault(
      'CONFLICT',
      'The branch has commits there that are not here. Push under the name of another branch.',
    );
  }
  throw new Fault('FORBIDDEN', `The remote refuses the branch: ${summary.slice(0, 200).toWellFormed()}.`);
}
