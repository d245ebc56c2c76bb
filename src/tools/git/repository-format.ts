import { Fault } from '../../core/errors.ts';
import type { GitSession } from './git-session.ts';

/** Of the configuration of a repository, in lower case as git writes them: how it is stored. */
const FORMAT_NAMES = '^(core\\.repositoryformatversion|extensions\\..*)$';
/** What the tools write correctly. Other extensions change what git writes (gitrepository-layout, "repository format"). */
const SUPPORTED =
  /^(?:core\.repositoryformatversion [01]|extensions\.(?:objectformat sha1|refstorage files|(?:noop|noop-v1|partialclone|preciousobjects|relativeworktrees|worktreeconfig)\b.*))$/i;

/**
 * Git reads another configuration than the one of the repository, so it does not notice how the repository is stored: it
 * would write SHA-1 objects among those of SHA-256.
 * @param session in the folder of an open repository
 * @throws Fault BAD_INPUT for a format that the tools cannot write
 */
export async function checkFormat({ git, run }: GitSession, path: string): Promise<void> {
  // A pipe would block git.
  if ((await run('[ -f .git/config ]')) !== 0) return;
  const args = ['config', '--file', '.git/config', '--no-includes', '--get-regexp', FORMAT_NAMES];
  const lines = (await git.text(args, { acceptedFailure: /^$/ })).split('\n').filter(Boolean);
  const format = lines.find((line) => !SUPPORTED.test(line));
  if (format === undefined) return;
  const text = format.replace(' ', ' = ').slice(0, 200).toWellFormed();
  throw new Fault(
    'BAD_INPUT',
    `The repository ${path} has the format ${text}, which repo.git.* cannot write. ` +
      'Create it with "git init --object-format=sha1", or call repo.git.init.',
  );
}
