import type { RequestListener } from 'node:http';
import { type TString, Type } from 'typebox';
import { abortFault } from '../../core/abort.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import { awaitOrAbort } from '../shared/retry.ts';
import { type GitCommand, type GitSession, openGitSession } from './git-session.ts';
import { CLOSING_SCRIPT, OPENING_STATUS, openingScript } from './opening-script.ts';
import { checkFormat } from './repository-format.ts';

/** The option that all git tools have. */
export const RepositoryPath: TString = Type.String({
  description: 'Folder of the repository, relative to the workspace of the run.',
  default: 'repo',
  minLength: 1,
  maxLength: 512,
});

/** A repository of the workspace. */
export interface Repository {
  readonly git: GitCommand;
  /** True when it did not exist before. */
  readonly created: boolean;
}

export interface RepositoryOptions {
  readonly path: string;
  /** Creates the folder and the repository when missing. Default: they must exist. */
  readonly create?: boolean;
  /** Git can write to the workspace. Default true. */
  readonly writable?: boolean;
  /** Answers the HTTP requests of git. Default: no network. */
  readonly gateway?: RequestListener;
}

/** For each repository, the end of the last call that runs or waits. */
const queueTails = new Map<string, Promise<void>>();

/**
 * Opens a repository in the sandbox, where git sees the workspace and nothing else of this machine. Calls for the same
 * repository run one after the other.
 * @throws Fault UNAVAILABLE without a sandbox; NOT_FOUND, FORBIDDEN, BAD_INPUT
 */
export async function withRepository<T>(
  sandbox: Sandbox,
  ctx: ToolContext,
  { path, create = false, writable = true, gateway }: RepositoryOptions,
  use: (repository: Repository) => Promise<T>,
): Promise<T> {
  checkPath(path);
  const workspace = await ctx.workspace();
  if (sandbox.kind === 'none')
    ctx.log('WARN', 'Git runs without a sandbox: links in the workspace may lead it anywhere.');
  return runExclusive(`${workspace}/${path}`, ctx.signal, async () => {
    const session = await openGitSession({ sandbox, workspace, writable, ...(gateway && { gateway }) }, ctx.signal);
    try {
      const created = await open(session, path, openingScript({ path, create, writable }));
      if (!created) await checkFormat(session, path);
      return await use({ git: session.git, created });
    } finally {
      await session.close(CLOSING_SCRIPT);
    }
  });
}

/** @returns whether the repository was created */
async function open(session: GitSession, path: string, script: string): Promise<boolean> {
  const status = await session.run(`open_repository() {${script}\n}\nopen_repository`);
  const { created, link, file, missing, foreign } = OPENING_STATUS;
  switch (status) {
    case 0:
      return false;
    case created:
      return true;
    case link:
      throw new Fault('FORBIDDEN', `A part of ${path} is a symbolic link. Name the folder itself.`);
    case file:
      throw new Fault('BAD_INPUT', `A part of ${path} is a file. Name a folder for the repository.`);
    case missing:
      throw new Fault('NOT_FOUND', `There is no repository ${path} in the workspace. Call repo.git.init first.`);
    case foreign:
      throw new Fault(
        'FORBIDDEN',
        `.git of ${path} is not a folder, so git did not create it. Delete it and call repo.git.init.`,
      );
    default:
      throw new Fault(
        'UNAVAILABLE',
        `The repository ${path} cannot be opened. Ask the operator to check the disk and that git 2.32 or later is installed.`,
      );
  }
}

/**
 * Calls `use` when all earlier calls for this folder have ended, successfully or not.
 * @throws Fault CANCELLED, TIMEOUT when the signal is aborted during the wait
 */
async function runExclusive<T>(folder: string, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
  const before = queueTails.get(folder) ?? Promise.resolve();
  const turn = before.then(() => {
    if (signal.aborted) throw abortFault(signal);
    return use();
  });
  const end = turn.then(
    () => {},
    () => {},
  );
  queueTails.set(folder, end);
  void end.then(() => queueTails.get(folder) === end && queueTails.delete(folder));
  await awaitOrAbort(before, signal);
  return turn;
}

function checkPath(path: string): void {
  const isPlain = path.split('/').every((part) => /^[^\p{Cc}\\]+$/u.test(part) && !/^\.{1,2}$|^\.git$/i.test(part));
  if (isPlain) return;
  throw new Fault('BAD_INPUT', 'The path must be relative, without "..", ".git" and a backslash, such as "repo".', {
    path: ['path'],
  });
}
