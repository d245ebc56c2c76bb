import type { Enforcer } from 'casbin';
import type { Role } from '../../core/principal.ts';
import { matchAction } from '../globs/action-glob.ts';
import type { UriGlob, UriParts } from '../globs/uri-glob.ts';
import { coversSchema, coversUri } from '../rules/compiled-rule.ts';
import type { ParsedPolicy } from '../rules/parse-policy.ts';
import { effectCode } from './strongest-effect.ts';

/** The request that Casbin gets: with its URIs split. */
export interface EvaluationRequest {
  readonly roles: readonly Role[];
  readonly action: string;
  readonly uri: UriParts | undefined;
  readonly schema: UriParts | undefined;
}

/**
 * The functions that the model's matcher calls. Globs are parsed when the rules are loaded, and found by their text;
 * Casbin's role manager is asked once for each pair of roles.
 */
export function matcherFunctions({ rules, roles }: ParsedPolicy, enforcer: Enforcer) {
  const globs = new Map<string, readonly UriGlob[]>();
  for (const { rule, uri, schema } of rules) globs.set(rule.uri, uri).set(rule.schema, schema);
  const globsOf = (column: string) => globs.get(column) ?? [];

  const links = new Map([...roles.keys()].map((role) => [role, new Map<Role, boolean>()]));
  const inherits = (own: Role, role: Role): boolean => {
    const cached = links.get(own);
    let linked = cached?.get(role);
    if (cached && linked === undefined) {
      linked = enforcer.getRoleManager().syncedHasLink?.(own, role) === true;
      cached.set(role, linked);
    }
    return linked === true;
  };
  return {
    hasRole: (roles: readonly Role[], role: Role) => roles.some((one) => inherits(one, role)),
    actionMatches: (action: string, glob: string) => matchAction(glob, action),
    uriMatches: (uri: UriParts | undefined, column: string) => coversUri(globsOf(column), uri),
    schemaMatches: (schema: UriParts | undefined, column: string) => coversSchema(globsOf(column), schema),
    effect: effectCode,
  };
}
