import type { Role } from '../../core/principal.ts';
import { matchAction } from '../globs/action-glob.ts';
import type { UriGlob, UriParts } from '../globs/uri-glob.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { compareRateLimits } from '../rules/rate-limit.ts';
import { inheritedRoles, type RoleGraph } from '../rules/role-graph.ts';
import type { EvaluationRequest } from './matcher-functions.ts';
import { EFFECTS_BY_STRENGTH } from './strongest-effect.ts';

/** Finds the few rules that can match, so that Casbin does not evaluate all. */
export interface RuleIndex {
  /** A superset of the rules that match, strongest first. */
  candidates(question: EvaluationRequest): readonly CompiledRule[];
}

/** A tree over scheme, host labels from the right, and path segments, up to the first wildcard of a glob. */
interface Node {
  readonly rules: IndexedRule[];
  readonly next: Map<string, Node>;
}

/** The trees of one role: by exact actions, and by those with a `*`. */
interface Trees {
  readonly exact: Map<string, Node>;
  readonly wild: Map<string, Node>;
}

/** `order` is the position among all rules, strongest first. */
interface IndexedRule {
  readonly loaded: CompiledRule;
  readonly order: number;
}

export function createRuleIndex(rules: readonly CompiledRule[], roles: RoleGraph): RuleIndex {
  const byRole = new Map<Role, Trees>();
  for (const [order, loaded] of strongestFirst(rules).entries()) {
    const { role, action } = loaded.rule;
    const { exact, wild } = getOrPut(byRole, role, (): Trees => ({ exact: new Map(), wild: new Map() }));
    const root = getOrPut(action.includes('*') ? wild : exact, action, emptyNode);
    const placed = { loaded, order };
    for (const glob of loaded.uri) insertRule(root, placed, glob);
  }
  const inherited = new Map([...roles.keys()].map((role) => [role, inheritedRoles(roles, role)]));

  const allRoles = (roles: readonly Role[]) =>
    roles.length === 1
      ? (inherited.get(roles[0] as Role) ?? [])
      : new Set(roles.flatMap((role) => inherited.get(role) ?? []));

  return {
    candidates({ roles, action, uri }) {
      const candidates: IndexedRule[] = [];
      for (const role of allRoles(roles)) {
        const trees = byRole.get(role);
        collect(trees?.exact.get(action), uri, candidates);
        for (const [glob, root] of trees?.wild ?? []) if (matchAction(glob, action)) collect(root, uri, candidates);
      }
      // Two alternatives of one rule may both match.
      if (candidates.length > 1) candidates.sort((a, b) => a.order - b.order);
      return candidates.filter((placed, at) => placed !== candidates[at - 1]).map(({ loaded }) => loaded);
    },
  };
}

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

function insertRule(root: Node, placed: IndexedRule, glob: UriGlob): void {
  let node = root;
  for (const key of literalKeysOf(glob)) node = getOrPut(node.next, key, emptyNode);
  if (node.rules.at(-1) !== placed) node.rules.push(placed);
}

/** Adds the rules of all nodes on the path of the URI. */
function collect(root: Node | undefined, uri: UriParts | undefined, candidates: IndexedRule[]): void {
  if (!root) return;
  candidates.push(...root.rules);
  if (!uri) return;
  const { scheme, host, path } = uri;
  const keyAt = (depth: number) => {
    if (depth === 0) return scheme;
    if (depth <= host.length) return host[host.length - depth];
    return depth === host.length + 1 ? '/' : path[depth - host.length - 2];
  };
  const depths = host.length + path.length + 2;
  let node: Node | undefined = root;
  for (let depth = 0; depth < depths; depth += 1) {
    node = node.next.get(keyAt(depth) as string);
    if (!node) return;
    candidates.push(...node.rules);
  }
}

/** The keys of a URI in the tree. The slash separates host and path: no label is a slash. */
export function keysOf({ scheme, host, path }: UriParts): string[] {
  return [scheme, ...host.toReversed(), '/', ...path];
}

/** The keys with which every URI that the glob matches begins. */
export function literalKeysOf(glob: UriGlob): string[] {
  if (glob === 'anything') return [];
  const keys = [glob.scheme];
  for (const { text, wild, span } of glob.host.toReversed()) {
    if (wild || span) return keys;
    keys.push(text);
  }
  keys.push('/');
  for (const { text, wild, span } of glob.path) {
    if (wild || span) return keys;
    keys.push(text);
  }
  return keys;
}

const emptyNode = (): Node => ({ rules: [], next: new Map() });

function getOrPut<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
