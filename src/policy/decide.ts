import type { Ask, Decision } from '../core/policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { Question } from './evaluation/matcher-functions.ts';
import { targetOf } from './globs/uri-glob.ts';
import type { LoadedRule } from './rules/compiled-rule.ts';

/** Longer keys are not remembered: hostile URIs must not fill the memory. In characters. */
const MAX_KEY = 512;

/** What the policy says. Synchronous and total: it never throws, an error inside denies and is the reason. */
export function decide(policy: CompiledPolicy, ask: Ask): Decision {
  try {
    const key = keyOf(policy, ask);
    const remembered = policy.decisions.get(key);
    if (remembered) return sameRoles(remembered, ask) ? remembered : { ...remembered, roles: ask.roles };

    const question = questionOf(ask);
    const decider = policy.arbiter.decide(question, policy.index.candidates(question));
    const decision = decisionOf(policy, ask, decider);
    if (key.length <= MAX_KEY) policy.decisions.set(key, decision);
    return decision;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      effect: 'DENY',
      reason: `The policy could not decide, so it is denied: ${why}`,
      action: String(ask?.action),
      roles: ask?.roles ?? [],
      ...(ask?.uri && { canonicalUri: ask.uri.href }),
      snapshot: policy.snapshot,
    };
  }
}

export function questionOf({ roles, action, uri, schema }: Ask): Question {
  return { roles, action, uri: uri && targetOf(uri), schema: schema && targetOf(schema) };
}

function decisionOf(
  policy: CompiledPolicy,
  { roles, action, uri, schema }: Ask,
  decider: LoadedRule | undefined,
): Decision {
  return {
    effect: decider?.rule.effect ?? 'DENY',
    reason: decider ? `${decider.words}.` : reasonForNone(policy, { roles, action }),
    ...(decider && { rule: decider.rule }),
    action,
    roles,
    ...(uri && { canonicalUri: uri.href }),
    ...(schema && { schemaUri: schema.href }),
    snapshot: policy.snapshot,
  };
}

function reasonForNone(policy: CompiledPolicy, { roles, action }: Ask): string {
  const known = roles.filter((role) => policy.roles.has(role));
  return known.length === 0
    ? "Nothing matched, so it is denied: none of the caller's roles is in the policy."
    : `Nothing matched, so it is denied: no rule lets ${known.join(', ')} do ${action} here.`;
}

/**
 * Unambiguous: canonical URIs hold no line feed and declared roles neither line feed nor comma. Roles that the policy
 * does not know match nothing, and might hold anything, so they stay out.
 */
function keyOf(policy: CompiledPolicy, { roles, action, uri, schema }: Ask): string {
  const known = roles.filter((role) => policy.roles.has(role)).join(',');
  return `${uri?.href ?? ''}\n${schema?.href ?? ''}\n${action}\n${known}`;
}

function sameRoles({ roles }: Decision, ask: Ask): boolean {
  return roles === ask.roles || (roles.length === ask.roles.length && roles.every((role, i) => role === ask.roles[i]));
}
