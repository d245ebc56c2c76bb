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

/**
 * Those of the authors whose permission a run of the user needs in addition: each once, and not the user, unless they had fewer roles when
 * they wrote. Then it may have been a program, with an API token for some of them, and what it wrote has no more than these.
 */
export function authorsBeside(
  { subject, roles }: User,
  authors: readonly User[],
): { readonly authors?: readonly User[] } {
  const isUser = (author: User) => author.subject === subject && roles.every((role) => author.roles.includes(role));
  const others = new Map(authors.filter((author) => !isUser(author)).map((author) => [JSON.stringify(author), author]));
  return others.size > 0 ? { authors: [...others.values()] } : {};
}
