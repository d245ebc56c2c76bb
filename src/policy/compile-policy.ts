import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Decision } from '../core/policy.ts';
import { type CasbinEvaluator, createCasbinEvaluator } from './evaluation/casbin-evaluator.ts';
import { createRuleIndex, type RuleIndex } from './evaluation/rule-index.ts';
import { type ParsedPolicy, parsePolicy } from './rules/parse-policy.ts';

export interface PolicyText {
  /** Of model.conf. */
  readonly model: string;
  /** Of policy.csv. */
  readonly rules: string;
}

/** A policy ready to decide. Immutable but for the decisions it remembers. */
export interface CompiledPolicy extends ParsedPolicy {
  readonly index: RuleIndex;
  readonly evaluator: CasbinEvaluator;
  /** sha256 of model and rules. */
  readonly snapshot: string;
  /** Belongs to this policy alone, so a new one begins without memories. */
  readonly decisionCache: LRUCache<string, Decision>;
}

/** With decide.ts's longest key some 15 MB at most. */
const MAX_CACHED_DECISIONS = 10_000;

/**
 * @param actions every action that can be asked, so that a rule for none of them is found.
 * @throws Fault BAD_INPUT with every problem: rules at `/line/N`, the model at `/model`.
 */
export async function compilePolicy(text: PolicyText, actions?: readonly string[]): Promise<CompiledPolicy> {
  const parsed = parsePolicy(text.rules, actions);
  return {
    ...parsed,
    index: createRuleIndex(parsed.rules, parsed.roles),
    evaluator: await createCasbinEvaluator(text.model, parsed),
    snapshot: snapshotOf(text),
    decisionCache: new LRUCache({ max: MAX_CACHED_DECISIONS }),
  };
}

/** The length keeps text from moving between the two unseen. */
export function snapshotOf({ model, rules }: PolicyText): string {
  return createHash('sha256').update(`${model.length}\n`).update(model).update(rules).digest('hex');
}
