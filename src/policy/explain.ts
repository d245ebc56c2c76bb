import type { Decision, Explanation, NearMiss, PolicyRequest } from '../core/policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide, toEvaluationRequest } from './decide.ts';
import type { EvaluationRequest } from './evaluation/matcher-functions.ts';
import { matchAction } from './globs/action-glob.ts';
import type { UriGlob, UriParts } from './globs/uri-glob.ts';
import { type CompiledRule, coversSchema, coversUri } from './rules/compiled-rule.ts';
import { inheritedRoles } from './rules/role-graph.ts';

const MAX_NEAR_MISSES = 5;

/** Which part to change first: a caller can change the URI more easily than the role. */
const MISS_ORDER: readonly NearMiss['missed'][] = ['schema', 'uri', 'action', 'role'];

interface RankedMiss {
  readonly loaded: CompiledRule;
  readonly missed: NearMiss['missed'];
  /** How much of the URI the rule shares with the request, in host labels and path segments. */
  readonly shared: number;
}

/**
 * The decision, with the rules that differ from the request in one part only: first those that would have changed the
 * decision, then the nearest. Evaluates every rule, so it is meant for people, not for every request. Never throws.
 */
export function explain(policy: CompiledPolicy, request: PolicyRequest): Explanation {
  const decision = decide(policy, request);
  const nearest = nearMisses(policy, request, decision);
  const [closest] = nearest;
  return {
    decision:
      closest && !decision.rule
        ? {
            ...decision,
            reason: `${decision.reason} Closest: ${closest.loaded.description}; its ${closest.missed} differs.`,
          }
        : decision,
    nearMisses: nearest.map(({ loaded, missed }) => ({ rule: loaded.rule, missed })),
  };
}

function nearMisses(policy: CompiledPolicy, request: PolicyRequest, decision: Decision): RankedMiss[] {
  try {
    const question = toEvaluationRequest(request);
    const roles = new Set(request.roles.flatMap((role) => inheritedRoles(policy.roles, role)));
    const misses = policy.rules.flatMap((loaded): RankedMiss[] => {
      const [missed, ...more] = missedParts(loaded, question, roles);
      return missed && more.length === 0 ? [{ loaded, missed, shared: sharedKeys(loaded, question.uri) }] : [];
    });
    const changes = ({ loaded }: RankedMiss) => (loaded.rule.effect === decision.effect ? 1 : 0);
    return misses
      .sort(
        (a, b) =>
          changes(a) - changes(b) ||
          MISS_ORDER.indexOf(a.missed) - MISS_ORDER.indexOf(b.missed) ||
          b.shared - a.shared ||
          a.loaded.line - b.loaded.line,
      )
      .slice(0, MAX_NEAR_MISSES);
  } catch {
    // The decision failed with the same error: it denies, with the error as the reason.
    return [];
  }
}

function missedParts(
  { rule, uri, schema }: CompiledRule,
  request: EvaluationRequest,
  roles: ReadonlySet<string>,
): NearMiss['missed'][] {
  const parts: readonly (readonly [NearMiss['missed'], boolean])[] = [
    ['role', roles.has(rule.role)],
    ['action', matchAction(rule.action, request.action)],
    ['uri', coversUri(uri, request.uri)],
    ['schema', coversSchema(schema, request.schema)],
  ];
  return parts.filter(([, fits]) => !fits).map(([part]) => part);
}

function sharedKeys({ uri }: CompiledRule, target: UriParts | undefined): number {
  if (!target) return 0;
  const keys = keysOf(target);
  return Math.max(
    ...uri.map((glob) => {
      const literal = literalKeysOf(glob);
      const differs = literal.findIndex((key, depth) => key !== keys[depth]);
      return differs < 0 ? literal.length : differs;
    }),
  );
}

/** Scheme, labels from the right, and segments. The slash separates host and path: no label is a slash. */
function keysOf({ scheme, host, path }: UriParts): string[] {
  return [scheme, ...host.toReversed(), '/', ...path];
}

/** The keys with which every URI that the glob matches begins. */
function literalKeysOf(glob: UriGlob): string[] {
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
