import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { Decision, PolicyRequest } from '../core/policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { EvaluationRequest } from './evaluation/matcher-functions.ts';
import { splitUri } from './globs/uri-glob.ts';
import type { CompiledRule } from './rules/compiled-rule.ts';

/** Longer keys are not cached, so that hostile URIs cannot fill the memory. */
const MAX_CACHE_KEY_LENGTH = 512;

/** Decides a request. Synchronous; never throws: an internal error denies, with the error as the reason. */
export function decide(policy: CompiledPolicy, request: PolicyRequest): Decision {
  try {
    const key = cacheKey(policy, request);
    const remembered = policy.decisionCache.get(key);
    if (remembered) return sameRoles(remembered, request) ? remembered : { ...remembered, roles: request.roles };

    const question = toEvaluationRequest(request);
    const decider = policy.evaluator.decidingRule(question, policy.index.candidates(question));
    const decision = decisionOf(policy, request, decider);
    if (key.length <= MAX_CACHE_KEY_LENGTH) policy.decisionCache.set(key, decision);
    return decision;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      effect: 'DENY',
      reason: `Denied, because the policy could not decide: ${why}`,
      action: String(request?.action),
      roles: request?.roles ?? [],
      ...(request?.uri && { canonicalUri: request.uri.href }),
      snapshot: policy.snapshot,
    };
  }
}

export function toEvaluationRequest({ roles, action, uri, schema }: PolicyRequest): EvaluationRequest {
  return { roles, action, uri: uri && splitUri(uri), schema: schema && splitUri(schema) };
}

/** The members are in the order in which the journal records them: a decision may be recorded many times. */
function decisionOf(policy: CompiledPolicy, request: PolicyRequest, decider: CompiledRule | undefined): Decision {
  const { roles, action, uri, schema } = request;
  return {
    action,
    ...(uri && { canonicalUri: uri.href }),
    effect: decider?.rule.effect ?? 'DENY',
    reason: decider ? ruleReason(decider, uri) : noMatchReason(policy, request),
    roles,
    ...(decider && { rule: decider.rule }),
    ...(schema && { schemaUri: schema.href }),
    snapshot: policy.snapshot,
  };
}

const MAX_REASON_URI_LENGTH = 300;

function nameOf({ href }: CanonicalUri): string {
  return href.length > MAX_REASON_URI_LENGTH ? `${href.slice(0, MAX_REASON_URI_LENGTH).toWellFormed()}…` : href;
}

/** A denial also names the URI, which the rule may only describe by a pattern. */
function ruleReason({ rule, description }: CompiledRule, uri: CanonicalUri | undefined): string {
  return rule.effect === 'DENY' && uri ? `${description}, and so ${nameOf(uri)}.` : `${description}.`;
}

function noMatchReason(policy: CompiledPolicy, request: PolicyRequest): string {
  const { action, uri } = request;
  const declared = request.roles.filter((role) => policy.roles.has(role));
  return declared.length === 0
    ? "Denied, because none of the caller's roles is declared in the policy."
    : `Denied, because no rule matched: none lets ${declared.join(', ')} do ${action}${uri ? ` on ${nameOf(uri)}` : ''}.`;
}

/**
 * Unambiguous: canonical URIs contain no line feed, and declared roles neither line feed nor comma. Roles that the policy
 * does not declare are omitted: they match nothing, and may contain any character.
 */
function cacheKey(policy: CompiledPolicy, { roles, action, uri, schema }: PolicyRequest): string {
  const declared = roles.filter((role) => policy.roles.has(role)).join(',');
  return `${uri?.href ?? ''}\n${schema?.href ?? ''}\n${action}\n${declared}`;
}

function sameRoles({ roles }: Decision, request: PolicyRequest): boolean {
  return (
    roles === request.roles ||
    (roles.length === request.roles.length && roles.every((role, i) => role === request.roles[i]))
  );
}
