import { type CanonicalUri, namedUri } from '../core/canonical-uri.ts';
import type { Policy } from '../core/policy.ts';
import type { Principal, Scope } from '../core/principal.ts';

/** The URIs for which `query:runs` is asked: all runs of the tenant, and the caller's runs. */
const TENANT_RUNS = namedUri('run', 'tenant');
const OWN_RUNS = namedUri('run', 'own');

/**
 * The runs and outputs that the principal may see, by the action `query:runs`; undefined for none.
 * A read cannot wait for an approval or a rate limit, so only ALLOW grants it.
 */
export function scopeOf(principal: Principal, policy: Policy): Scope | undefined {
  if (principal.kind === 'anonymous') return undefined;
  const { roles, tenant, subject } = principal;
  const sees = (uri: CanonicalUri) => policy.decide({ roles, action: 'query:runs', uri }).effect === 'ALLOW';
  if (sees(TENANT_RUNS)) return { tenant };
  return sees(OWN_RUNS) ? { tenant, subject } : undefined;
}
