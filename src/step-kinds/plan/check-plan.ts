import { Fault, type Violation } from '../../core/errors.ts';
import { camelCase, fieldNameProblem, isSnakeCase, pascalCase, resourceNames } from './names.ts';
import type { PlanField, ServicePlan } from './plan-schema.ts';
import { RESERVED_CHOICES } from './reserved-words.ts';

/**
 * What no JSON Schema says about a plan that may have come from anywhere: its names can be names in generated code, and
 * fit each other.
 * @throws Fault BAD_INPUT with a violation for each
 */
export function checkPlan(plan: ServicePlan): void {
  const { entity } = plan;
  const names = resourceNames(entity.name);
  const violations: Violation[] = [];
  const must = (path: string, is: string, be: string) => {
    if (is !== be) violations.push({ path: `/plan/${path}`, message: `must be ${be}` });
  };
  must('resource', plan.resource, entity.name);
  must('entity/name', entity.name, pascalCase(names.variable));
  must('entity/variable', entity.variable, names.variable);
  for (const { at, message } of fieldProblems(entity.fields)) {
    violations.push({ path: `/plan/entity/fields/${at}`, message });
  }
  if (violations.length === 0) return;
  const [first] = violations;
  throw new Fault('BAD_INPUT', `The plan cannot be made into code: ${first?.path} ${first?.message}.`, {
    path: ['plan'],
    violations: violations.slice(0, 100),
  });
}

/** Everything that is wrong with a list of fields. */
export function fieldProblems(
  fields: readonly PlanField[],
): readonly { readonly at: number; readonly message: string }[] {
  const seen = new Set<string>();
  return fields.flatMap((field, at) => {
    const same = seen.has(camelCase(field.name));
    seen.add(camelCase(field.name));
    const message = same ? `${field.name} is there twice` : (fieldNameProblem(field.name) ?? shapeProblem(field));
    return message === undefined ? [] : [{ at, message }];
  });
}

function shapeProblem({ name, type, choices, minimum, maximum, max_length }: PlanField): string | undefined {
  if ((type === 'choice') !== (choices !== undefined))
    return `${name} needs choices when it is a choice, and only then`;
  const odd = choices?.find((choice) => !isSnakeCase(choice));
  if (odd !== undefined) return `${name} cannot have ${JSON.stringify(odd.slice(0, 40))} as a choice: snake_case`;
  if (choices && new Set(choices).size < choices.length) return `${name} has the same choice twice`;
  const reserved = choices?.find((choice) => RESERVED_CHOICES.has(choice));
  if (reserved !== undefined) return `${name} cannot have ${reserved} as a choice`;
  if (max_length !== undefined && type !== 'string' && type !== 'text') return `${name} is no text and has max_length`;
  if (max_length !== undefined && !(Number.isInteger(max_length) && max_length >= 1 && max_length <= 1_000_000)) {
    return `${name} has an invalid max_length`;
  }
  const bounded = minimum !== undefined || maximum !== undefined;
  if (bounded && type !== 'integer' && type !== 'number') return `${name} is no number and has bounds`;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) return `${name} has bounds that exclude all`;
  if (type === 'integer' && Math.ceil(minimum ?? 0) !== (minimum ?? 0))
    return `${name} has a minimum that is no integer`;
  if (type === 'integer' && Math.ceil(maximum ?? 0) !== (maximum ?? 0))
    return `${name} has a maximum that is no integer`;
  if (type === 'integer' && [minimum ?? 0, maximum ?? 0].some((bound) => Math.abs(bound) >= 2 ** 31)) {
    return `${name} has a bound that no 32 bits hold: make it a number`;
  }
  return undefined;
}
