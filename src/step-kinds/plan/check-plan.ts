import { Fault, type Violation } from '../../core/errors.ts';
import { camelCase, fieldNameProblem, isSnakeCase, pascalCase, resourceNames } from './names.ts';
import type { PlanField, ServicePlan } from './plan-schema.ts';
import { RESERVED_CHOICES } from './reserved-words.ts';

/**
 * Checks what a JSON Schema cannot, because a plan may come from anywhere: its names are valid in generated code and
 * consistent.
 * @throws Fault BAD_INPUT with a violation for each problem
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
  throw new Fault('BAD_INPUT', `The plan cannot become code: ${first?.path} ${first?.message}. Correct the plan.`, {
    path: ['plan'],
    violations: violations.slice(0, 100),
  });
}

/** All problems of a list of fields. */
export function fieldProblems(
  fields: readonly PlanField[],
): readonly { readonly at: number; readonly message: string }[] {
  const seen = new Set<string>();
  return fields.flatMap((field, at) => {
    const same = seen.has(camelCase(field.name));
    seen.add(camelCase(field.name));
    const message = same ? `${field.name} occurs twice` : (fieldNameProblem(field.name) ?? shapeProblem(field));
    return message === undefined ? [] : [{ at, message }];
  });
}

function shapeProblem({ name, type, choices, minimum, maximum, max_length }: PlanField): string | undefined {
  if ((type === 'choice') !== (choices !== undefined))
    return `${name} must have choices if its type is choice, and only then`;
  const invalid = choices?.find((choice) => !isSnakeCase(choice));
  if (invalid !== undefined)
    return `${name} cannot have the choice ${JSON.stringify(invalid.slice(0, 40))}, which is not snake_case`;
  if (choices && new Set(choices).size < choices.length) return `${name} has the same choice twice`;
  const reserved = choices?.find((choice) => RESERVED_CHOICES.has(choice));
  if (reserved !== undefined) return `${name} cannot have the choice ${reserved}, which is reserved`;
  if (max_length !== undefined && type !== 'string' && type !== 'text')
    return `${name} has max_length but is not a string or a text`;
  if (max_length !== undefined && !(Number.isInteger(max_length) && max_length >= 1 && max_length <= 1_000_000)) {
    return `${name} has an invalid max_length`;
  }
  const bounded = minimum !== undefined || maximum !== undefined;
  if (bounded && type !== 'integer' && type !== 'number') return `${name} has bounds but is not a number`;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    return `${name} has a minimum above its maximum`;
  if (type === 'integer' && Math.ceil(minimum ?? 0) !== (minimum ?? 0))
    return `${name} has a minimum that is not an integer`;
  if (type === 'integer' && Math.ceil(maximum ?? 0) !== (maximum ?? 0))
    return `${name} has a maximum that is not an integer`;
  if (type === 'integer' && [minimum ?? 0, maximum ?? 0].some((bound) => Math.abs(bound) >= 2 ** 31)) {
    return `${name} has a bound that does not fit in 32 bits: use the type number`;
  }
  return undefined;
}
