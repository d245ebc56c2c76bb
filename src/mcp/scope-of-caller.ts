import { Fault } from '../core/errors.ts';
import type { Scope, SignedIn } from '../core/principal.ts';
import { scopeOf } from '../policy/visibility.ts';
import type { McpDeps } from './mcp-deps.ts';

/** How far the caller sees runs. @throws Fault FORBIDDEN when the policy lets them see none */
export function scopeOfCaller({ policy }: Pick<McpDeps, 'policy'>, who: SignedIn): Scope {
  const scope = scopeOf(who, policy);
  if (scope) return scope;
  throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs; it would take a rule for query:runs.');
}
