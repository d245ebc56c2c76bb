import type { AccountStandings } from '../../core/accounts/accounts.ts';
import type { Decision, Policy, PolicyRequest } from '../../core/policy.ts';
import type { Role, User } from '../../core/principal.ts';

/** Whose permission a request needs: of the caller, or of an author of what the caller executes. */
export type Person = { readonly user: User; readonly isAuthor: boolean };

interface DecideForDeps {
  readonly policy: Policy;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
}

/**
 * The decision of the policy for one person, by the roles that they have today as well as then: a role that was lost no
 * longer counts for the caller. An author who lost one, or whose account is gone, permits nothing.
 * @param ask default: the decision of the policy
 */
export function decideFor(
  { policy, standings }: DecideForDeps,
  { user, isAuthor }: Person,
  request: Omit<PolicyRequest, 'roles'>,
  ask: (request: PolicyRequest) => Decision = (question) => policy.decide(question),
): Decision {
  const { roles, problem } = rolesToday(standings, user, isAuthor);
  if (problem !== undefined) {
    const { action, uri, schema } = request;
    return {
      effect: 'DENY',
      reason: isAuthor ? `For ${user.username}, who wrote it: ${problem} Save it again to become its author.` : problem,
      action,
      roles,
      ...(isAuthor && { author: user.username }),
      ...(uri && { canonicalUri: uri.href }),
      ...(schema && { schemaUri: schema.href }),
      snapshot: policy.snapshot(),
    };
  }
  const decision = ask({ ...request, roles });
  if (!isAuthor) return decision;
  return { ...decision, author: user.username, reason: `For ${user.username}, who wrote it: ${decision.reason}` };
}

function rolesToday(
  standings: DecideForDeps['standings'],
  user: User,
  isAuthor: boolean,
): { readonly roles: readonly Role[]; readonly problem?: string } {
  const { username, roles } = user;
  const standing = standings.standingOf(user);
  if (standing.state === 'unknown') return { roles };
  if (standing.state === 'gone') return { roles: [], problem: `the account ${username} was removed or disabled.` };
  const lost = roles.filter((role) => !standing.roles.includes(role));
  if (lost.length === 0) return { roles };
  const kept = roles.filter((role) => !lost.includes(role));
  if (!isAuthor) return { roles: kept };
  return { roles: kept, problem: `${username} no longer has the role ${lost.join(', ')}.` };
}
