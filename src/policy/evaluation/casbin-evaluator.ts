import { Enforcer, FunctionMap, type Model, newModelFromString } from 'casbin';
import { Fault } from '../../core/errors.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import type { ParsedPolicy } from '../rules/parse-policy.ts';
import { type EvaluationRequest, matcherFunctions } from './matcher-functions.ts';
import { EFFECT_EXPRESSION, strongestEffect } from './strongest-effect.ts';

/** Casbin with the model, for any number of candidate rules. */
export interface CasbinEvaluator {
  /**
   * The rule that decides: of the candidates that match, the first one with the strongest effect.
   * Undefined when none matches, which denies. @throws when Casbin does; the caller must then deny
   */
  decidingRule(question: EvaluationRequest, candidates: readonly CompiledRule[]): CompiledRule | undefined;
}

/** rule-index.ts, and the verdicts that are remembered, assume exactly these; with others it would omit rules that match. */
const DEFINITIONS: readonly (readonly [section: string, name: string, value: string])[] = [
  ['r', 'request_definition', 'roles, action, uri, schema'],
  ['p', 'policy_definition', 'role, action, uri, schema, effect, obligation, comment'],
  ['g', 'role_definition', '_, _'],
  ['e', 'policy_effect', EFFECT_EXPRESSION],
  [
    'm',
    'matchers',
    'hasRole(r_roles, p_role) && actionMatches(r_action, p_action) && uriMatches(r_uri, p_uri)' +
      ' && schemaMatches(r_schema, p_schema) && effect(p_effect)',
  ],
];

/**
 * Casbin's matcher functions are removed: copied for every rule, they make a decision four times slower, and its globMatch
 * must not be used.
 */
class BareEnforcer extends Enforcer {
  protected override fm = new FunctionMap();
}

/**
 * One enforcer, which gets the candidates of each decision. That is safe because a decision is synchronous.
 * @throws Fault BAD_INPUT at `/model` when the model is not the one that rule-index.ts assumes
 */
export async function createCasbinEvaluator(modelText: string, policy: ParsedPolicy): Promise<CasbinEvaluator> {
  const { rules, roles } = policy;
  const model = parseModel(modelText);
  const definition = model.model.get('p')?.get('p');
  if (!definition) throw new Fault('INTERNAL', 'Casbin dropped the policy definition.');

  const enforcer = new BareEnforcer();
  await enforcer.initWithModelAndAdapter(model);
  for (const [role, parents] of roles) {
    for (const parent of parents) await enforcer.getRoleManager().addLink(role, parent);
  }
  enforcer.setEffector(strongestEffect);
  for (const [name, apply] of Object.entries(matcherFunctions(policy, enforcer)))
    await enforcer.addFunction(name, apply);

  const rowOf = new Map(rules.map((rule) => [rule, columnsOf(rule)]));
  const ruleOf = new Map([...rowOf].map(([rule, row]) => [row, rule]));
  return {
    decidingRule({ roles, action, uri, schema }, candidates) {
      if (candidates.length === 0) return undefined;
      definition.policy = candidates.map((rule) => rowOf.get(rule) as string[]);
      const [, row] = enforcer.enforceExSync(roles, action, uri, schema);
      return ruleOf.get(row);
    },
  };
}

/** The rule as Casbin gets it: the columns of the model's policy definition. */
export function columnsOf({ rule }: CompiledRule): string[] {
  const { role, action, uri, schema, effect, obligation = '', comment = '' } = rule;
  return [role, action, uri, schema, effect.toLowerCase(), obligation, comment];
}

function parseModel(text: string): Model {
  const refuse = (message: string): never => {
    throw new Fault('BAD_INPUT', `The policy model is invalid: ${message}`, {
      violations: [{ path: '/model', message }],
    });
  };
  let model: Model;
  try {
    model = newModelFromString(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  for (const [section, name, value] of DEFINITIONS) {
    const assertions = model.model.get(section);
    if (assertions?.size !== 1 || plain(assertions.get(section)?.value ?? '') !== plain(value)) {
      refuse(`[${name}] must be "${section} = ${value.replaceAll(/\b([rp])_/g, '$1.')}".`);
    }
  }
  return model;
}

const plain = (definition: string) => definition.replaceAll(/\s+/g, '');
