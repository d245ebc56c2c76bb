import { createHash } from 'node:crypto';
import { type CasbinEvaluator, createCasbinEvaluator } from './evaluation/casbin-evaluator.ts';
import { createRuleIndex, type RuleIndex } from './evaluation/rule-index.ts';
import { type ParsedPolicy, parsePolicy } from './rules/parse-policy.ts';

export interface PolicyText {
  /** Content of model.conf. */
  readonly model: string;
  /** Content of policy.csv. */
  readonly rules: string;
}

/** A policy ready to decide. Immutable except for the verdicts that its index remembers. */
export interface CompiledPolicy extends ParsedPolicy {
  readonly index: RuleIndex;
  readonly evaluator: CasbinEvaluator;
  /** The model, and the rules, as text. */
  readonly model: string;
  readonly text: string;
  /** SHA-256 of model and rules. */
  readonly snapshot: string;
}

/**
 * @param actions all actions, so that a rule with a misspelled action is reported
 * @throws Fault BAD_INPUT with every problem: rules at `/line/N`, the model at `/model`
 */
export async function compilePolicy(text: PolicyText, actions?: readonly string[]): Promise<CompiledPolicy> {
  const parsed = parsePolicy(text.rules, actions);
  return {
    ...parsed,
    index: createRuleIndex(parsed.rules, parsed.roles),
    evaluator: await createCasbinEvaluator(text.model, parsed),
    model: text.model,
    text: text.rules,
    snapshot: snapshotOf(text),
  };
}

/** The length ensures that text cannot move between the two without changing the digest. */
export function snapshotOf({ model, rules }: PolicyText): string {
  return createHash('sha256').update(`${model.length}\n`).update(model).update(rules).digest('hex');
}
