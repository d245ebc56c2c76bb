import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { Decision, PolicyRequest } from '../core/policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { EvaluationRequest } from './evaluation/matcher-functions.ts';
import { splitUri } from './globs/uri-glob.ts';
import type { CompiledRule } from './rules/compiled-rule.ts';

/** Decides a request. Synchronous; never throws: an internal error denies, with the error as the reason. */
export function decide(policy: CompiledPolicy, request: PolicyRequest): Decision {
  try {
    const matching = policy.index.matching(request);
    matching.verdict ??= verdictOf(policy, request, policy.index.rulesOf(matching));
    return decisionOf(matching.verdict, request, policy.snapshot);
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

/** The rule that decides, or why none does. */
function verdictOf(
  { evaluator, roles }: CompiledPolicy,
  request: PolicyRequest,
  matching: readonly CompiledRule[],
): CompiledRule | string {
  const decider = evaluator.decidingRule(toEvaluationRequest(request), matching);
  if (decider) return decider;
  const declared = request.roles.filter((role) => roles.has(role));
  return declared.length === 0
    ? NO_ROLES
    : `Denied, because no rule matched: none lets ${declared.join(', ')} do ${request.action}`;
}

const NO_ROLES = "Denied, because none of the caller's roles is declared in the policy";

/** The members are in the order in which the journal records them: a decision may be recorded many times. */
function decisionOf(
  verdict: CompiledRule | string,
  { roles, action, uri, schema }: PolicyRequest,
  snapshot: string,
): Decision {
  const rule = typeof verdict === 'string' ? undefined : verdict.rule;
  const effect = rule?.effect ?? 'DENY';
  const reason = reasonOf(verdict, uri);
  // A literal with spreads takes longer than the rest of the decision.
  const decision: { -readonly [K in keyof Decision]?: Decision[K] } = uri
    ? { action, canonicalUri: uri.href, effect, reason, roles }
    : { action, effect, reason, roles };
  if (rule) decision.rule = rule;
  if (schema) decision.schemaUri = schema.href;
  decision.snapshot = snapshot;
  return decision as Decision;
}

/** A denial also names the URI, which the rule may only describe by a pattern. */
function reasonOf(verdict: CompiledRule | string, uri: CanonicalUri | undefined): string {
  if (typeof verdict === 'string') return uri && verdict !== NO_ROLES ? `${verdict} on ${nameOf(uri)}.` : `${verdict}.`;
  const { rule, description } = verdict;
  return uri && rule.effect === 'DENY' ? `${description}, and so ${nameOf(uri)}.` : `${description}.`;
}

const MAX_REASON_URI_LENGTH = 300;

function nameOf({ href }: CanonicalUri): string {
  return href.length > MAX_REASON_URI_LENGTH ? `${href.slice(0, MAX_REASON_URI_LENGTH).toWellFormed()}…` : href;
}
