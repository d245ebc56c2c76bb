import type { PolicyRequest } from '../../core/policy.ts';
import type { Role } from '../../core/principal.ts';
import { matchAction } from '../globs/action-glob.ts';
import { splitUri } from '../globs/uri-glob.ts';
import { type CompiledRule, coversSchema } from '../rules/compiled-rule.ts';
import { compareRateLimits } from '../rules/rate-limit.ts';
import { inheritedRoles, type RoleGraph } from '../rules/role-graph.ts';
import { EFFECTS_BY_STRENGTH } from './strongest-effect.ts';
import { createUriTrie } from './uri-trie.ts';

/** Finds the few rules that match, so that Casbin does not evaluate all. */
export interface RuleIndex {
  /**
   * The rules that match the request. The same object for all requests with the same declared roles and action that the same
   * rules match, until it is forgotten.
   */
  matching(request: PolicyRequest): MatchingRules;
  /** Strongest first. */
  rulesOf(matching: MatchingRules): readonly CompiledRule[];
}

/** Some rules, as the last of them and the others. Belongs to certain declared roles and an action. */
interface MatchingRules {
  /** The position among all rules, strongest first; -1 without rules. */
  readonly last: number;
  readonly others: MatchingRules | undefined;
  /** With one more. */
  more: Map<number, MatchingRules> | undefined;
  /** Casbin's, of these rules: the one that decides, or why none does. Undefined before it is asked. */
  verdict: CompiledRule | string | undefined;
}

/** When there are more, all are forgotten. At most 16 MB, with the longest names. */
const MAX_REMEMBERED = 30_000;

/** Rules that match for longer names of roles and action are not remembered, so that names cannot fill the memory. */
const MAX_NAMES_LENGTH = 256;

/** What is the same for all requests with the same declared roles and action. */
interface Scope {
  /** Of the rules for these roles and this action. */
  readonly groups: readonly number[];
  readonly none: MatchingRules;
}

export function createRuleIndex(rules: readonly CompiledRule[], roles: RoleGraph): RuleIndex {
  const trie = createUriTrie();
  const ordered = strongestFirst(rules);
  /** The rules with the same role and action are a group: their numbers, by role, then by action. */
  const groups = new Map([...roles.keys()].map((role) => [role, new Map<string, number>()]));
  let groupCount = 0;
  for (const [order, { rule, uri }] of ordered.entries()) {
    const ofRole = groups.get(rule.role) as Map<string, number>;
    const group = ofRole.get(rule.action) ?? groupCount++;
    ofRole.set(rule.action, group);
    for (const glob of uri) trie.insert(glob, group, order);
  }

  const groupsOf = (declared: readonly Role[], action: string): number[] => {
    const all = new Set(declared.flatMap((role) => inheritedRoles(roles, role)));
    const globs = [...all].flatMap((role) => [...(groups.get(role) as Map<string, number>)]);
    return globs.filter(([glob]) => matchAction(glob, action)).map(([, group]) => group);
  };

  /** By role for callers with one, otherwise by roles; then by action. */
  const scopesOfRole = new Map([...roles.keys()].map((role) => [role, new Map<string, Scope>()]));
  const scopesOfRoles = new Map<string, Map<string, Scope>>();
  let size = 0;
  const remember = (last: number, others: MatchingRules | undefined): MatchingRules => {
    if (size >= MAX_REMEMBERED) {
      for (const scopes of scopesOfRole.values()) scopes.clear();
      scopesOfRoles.clear();
      size = 0;
    }
    size += 1;
    return { last, others, more: undefined, verdict: undefined };
  };

  const scopeOf = (own: readonly Role[], action: string): Scope => {
    let scopes = own.length === 1 ? scopesOfRole.get(own[0] as Role) : undefined;
    let names = '';
    if (!scopes) {
      // Roles that are not declared match nothing, and may contain any character; the others contain no comma.
      names = own.filter((role) => roles.has(role)).join();
      scopes = scopesOfRoles.get(names);
    }
    const known = scopes?.get(action);
    if (known) return known;

    const scope = { groups: groupsOf(own, action), none: remember(NONE, undefined) };
    if (names.length + action.length > MAX_NAMES_LENGTH) return scope;
    if (scopes) scopes.set(action, scope);
    else scopesOfRoles.set(names, new Map([[action, scope]]));
    return scope;
  };

  const withRule = (matching: MatchingRules, order: number): MatchingRules => {
    let next = matching.more?.get(order);
    if (next) return next;
    next = remember(order, matching);
    matching.more ??= new Map();
    matching.more.set(order, next);
    return next;
  };

  return {
    matching({ roles: own, action, uri, schema }) {
      const scope = scopeOf(own, action);
      if (!schema) return trie.fold(uri, scope.groups, scope.none, withRule);
      const parts = splitUri(schema);
      return trie.fold(uri, scope.groups, scope.none, (matching, order) =>
        coversSchema((ordered[order] as CompiledRule).schema, parts) ? withRule(matching, order) : matching,
      );
    },
    rulesOf(matching) {
      // Two alternatives of one rule may both match.
      const orders = new Set<number>();
      for (let at = matching; at.others; at = at.others) orders.add(at.last);
      return [...orders].sort((a, b) => a - b).map((order) => ordered[order] as CompiledRule);
    },
  };
}

const NONE = -1;

/** Among throttles the one with the lowest rate comes first, so that it applies; among others one that limits its jobs. */
function strongestFirst(rules: readonly CompiledRule[]): CompiledRule[] {
  const strength = ({ rule }: CompiledRule) => EFFECTS_BY_STRENGTH.indexOf(rule.effect);
  return rules.toSorted(
    (a, b) =>
      strength(a) - strength(b) ||
      (a.rateLimit && b.rateLimit ? compareRateLimits(a.rateLimit, b.rateLimit) : 0) ||
      Number(b.isConstrained ?? false) - Number(a.isConstrained ?? false) ||
      a.line - b.line,
  );
}
