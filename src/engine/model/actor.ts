import type { Actor, User } from '../../core/principal.ts';
import type { RunRecord } from '../../core/run.ts';

/** On whose behalf the run acts: who started it, and who wrote what it does. */
export function actorOf({ principal, plan }: Pick<RunRecord, 'principal' | 'plan'>): Actor {
  return plan?.authors ? { ...principal, authors: plan.authors } : principal;
}

/** The actor with more authors. */
export function withAuthors(actor: Actor, authors: readonly User[]): Actor {
  return { ...actor, ...authorsBeside(actor, [...(actor.authors ?? []), ...authors]) };
}

/** Those of the authors whose permission a run of the user needs in addition: each once, and not the user. */
export function authorsBeside({ subject }: User, authors: readonly User[]): { readonly authors?: readonly User[] } {
  const others = new Map(
    authors.filter((author) => author.subject !== subject).map((author) => [JSON.stringify(author), author]),
  );
  return others.size > 0 ? { authors: [...others.values()] } : {};
}
