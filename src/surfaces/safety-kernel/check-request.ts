import type { PolicyCheckRequest } from '../../cap/generated/cordum/agent/v1/safety_pb.js';
import { isTopic } from '../../cap/subjects.ts';
import type { AccountStandings } from '../../core/accounts/accounts.ts';
import { Fault } from '../../core/errors.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { GateRequest } from '../../engine/gate/gate.ts';

const TOPIC_PREFIX = 'job.';

/** What a scheduler asks the policy: whether this user may have this job done. */
export interface JobCheck {
  readonly user: User;
  readonly request: GateRequest;
}

/**
 * A check in the terms of the policy: action `job:TOPIC` without the prefix of topics, on the URI of the job's input.
 * @throws Fault BAD_INPUT for a topic or a URI that is not valid, FORBIDDEN for another tenant, NOT_FOUND for a principal whose
 *   roles are not known
 */
export function readCheck(
  check: PolicyCheckRequest,
  caller: SignedIn,
  deps: {
    readonly standings: Pick<AccountStandings, 'standingOf'>;
    readonly resources: Pick<Resources, 'canonicalize'>;
  },
): JobCheck {
  const { topic, inputRef } = check;
  if (!isTopic(topic)) {
    throw new Fault('BAD_INPUT', 'topic must be job. and names of A-Z, a-z, 0-9, _ and -, separated by full stops.');
  }
  const action = `job:${topic.slice(TOPIC_PREFIX.length)}`;
  const uri = inputRef && inputRef.uri !== '' ? { uri: deps.resources.canonicalize(inputRef.uri) } : {};
  return { user: userOf(check, caller, deps.standings), request: { action, ...uri } };
}

/** The principal of the job with the roles of today; without one, the caller. */
function userOf(
  { tenant, principalId, meta, identity }: PolicyCheckRequest,
  caller: SignedIn,
  standings: Pick<AccountStandings, 'standingOf'>,
): User {
  const named = [tenant, meta?.tenantId, identity?.tenantId].filter((name) => name !== undefined && name !== '');
  if (named.some((name) => name !== caller.tenant)) {
    throw new Fault('FORBIDDEN', `You may ask for the tenant ${caller.tenant} only.`);
  }
  const subject = principalId || identity?.principalId || caller.subject;
  if (subject === caller.subject) return caller;
  const standing = standings.standingOf({ tenant: caller.tenant, subject });
  if (standing.state === 'current') return { subject, username: subject, tenant: caller.tenant, roles: standing.roles };
  throw new Fault('NOT_FOUND', `There is no account with the subject ${subject}, so its roles are not known.`);
}
