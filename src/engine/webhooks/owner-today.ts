import type { AccountStandings } from '../../core/accounts/accounts.ts';
import type { Policy } from '../../core/policy.ts';
import type { Scope, SignedIn, User } from '../../core/principal.ts';
import { scopeOf } from '../../policy/visibility.ts';

/** The owner of a webhook, with those roles of then that they have today; undefined when the account was removed or disabled. */
export function ownerToday(
  { standings }: { readonly standings: Pick<AccountStandings, 'standingOf'> },
  owner: User,
): SignedIn | undefined {
  const standing = standings.standingOf(owner);
  if (standing.state === 'gone') return undefined;
  const roles =
    standing.state === 'current' ? owner.roles.filter((role) => standing.roles.includes(role)) : owner.roles;
  return { kind: 'system', reason: 'webhook', ...owner, roles };
}

/** The runs that the owner may see today; undefined for none. */
export function scopeToday(
  deps: { readonly standings: Pick<AccountStandings, 'standingOf'>; readonly policy: Policy },
  owner: User,
): Scope | undefined {
  const today = ownerToday(deps, owner);
  return today && scopeOf(today, deps.policy);
}
