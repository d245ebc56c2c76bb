import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { Policy } from '../core/policy.ts';
import type { Principal, Scope } from '../core/principal.ts';

/** All runs of the tenant, and those one started oneself: what `query:runs` is asked about. */
export const TENANT_RUNS = runUri('tenant');
export const OWN_RUNS = runUri('own');

/**
 * How far the principal sees runs and what they made, by the action `query:runs`. Undefined: not at all.
 * A read cannot wait for a person or a bucket, so nothing but a plain allow opens it.
 */
export function scopeOf(principal: Principal, policy: Policy): Scope | undefined {
  if (principal.kind === 'anonymous') return undefined;
  const { roles, tenant, subject } = principal;
  const sees = (uri: CanonicalUri) => policy.decide({ roles, action: 'query:runs', uri }).effect === 'ALLOW';
  if (sees(TENANT_RUNS)) return { tenant };
  return sees(OWN_RUNS) ? { tenant, subject } : undefined;
}

function runUri(path: string): CanonicalUri {
  return { href: `run:${path}`, scheme: 'run', host: '', port: '', path, query: '' };
}
