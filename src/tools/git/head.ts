import { type TNull, type TString, type TUnion, Type } from 'typebox';
import type { GitCommand } from './git-session.ts';

export interface Head {
  /** Name of the branch that is checked out; undefined for a detached HEAD. */
  readonly branch: string | undefined;
  /** Undefined before the first commit. */
  readonly commit: string | undefined;
}

/** Old value of a reference that does not exist yet. */
export const NULL_OBJECT_ID = '0'.repeat(40);

export const CommitId: TUnion<[TString, TNull]> = Type.Union([Type.String(), Type.Null()], {
  description: 'Id of the commit that the branch points to; null before the first commit.',
});

export async function readHead(git: GitCommand): Promise<Head> {
  const name = await git.text(['symbolic-ref', '--quiet', 'HEAD'], { acceptedFailure: /^$/ });
  return {
    branch: /^refs\/heads\/(.+)$/.exec(name.trim())?.[1],
    commit: await commitOf(git, 'HEAD'),
  };
}

/** Id of the commit that a revision names; undefined when it does not exist. */
export async function commitOf(git: GitCommand, revision: string): Promise<string | undefined> {
  const answer = await git.text(['rev-parse', '--quiet', '--verify', `${revision}^{commit}`], {
    acceptedFailure: /^$/,
  });
  return answer.trim() || undefined;
}
