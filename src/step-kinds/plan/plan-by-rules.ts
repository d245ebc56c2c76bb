import { Fault } from '../../core/errors.ts';
import { oneLine } from '../shared/model-text.ts';
import { fieldProblems } from './check-plan.ts';
import { findResourceName, lookUpResource } from './lexicon.ts';
import { type ResourceNames, resourceNames, snakeCase } from './names.ts';
import { parseField } from './parse-field.ts';
import type { PlanField, ServicePlan } from './plan-schema.ts';
import { singularOf } from './plural.ts';

export interface PlanRequest {
  readonly goal: string;
  readonly resource?: string;
  readonly requirements?: readonly string[];
}

/** A plan before its stack adds endpoints, files and tests. */
export type PlanDraft = Omit<ServicePlan, 'stack' | 'endpoints' | 'files' | 'tests'>;

const DEFAULT_RESOURCE = 'Entry';

/**
 * Plans deterministically: fields come from the lexicon's entry of the resource and from requirements in field syntax.
 * Other requirements are kept as text.
 * @throws Fault BAD_INPUT for names that are not valid in code
 */
export function planByRules({ goal, resource, requirements = [] }: PlanRequest): PlanDraft {
  const names = resourceNames(resource ?? findResourceName(goal, singularOf) ?? DEFAULT_RESOURCE);
  const entry = lookUpResource(names.variable);
  const parsed = requirements.map((text) => ({ text: oneLine(text, 500), field: parseField(text) }));
  const fields = new Map(entry.fields.map((text) => parseLexiconField(text)).map((field) => [field.name, field]));
  for (const { field } of parsed) if (field) fields.set(snakeCase(field.name), normalizeField(field));
  const rest = parsed.filter(({ field }) => !field).map(({ text }) => text);
  checkFields([...fields.values()]);
  return {
    title: `${toWords(names.name)} service`,
    goal: oneLine(goal, 2_000),
    made_by: 'rules',
    resource: names.name,
    entity: {
      name: names.name,
      variable: names.variable,
      plural: names.plural,
      table: names.plural,
      description: entry.description,
      fields: [...fields.values()],
    },
    queries: queriesFor(names, goal, rest),
    ...(rest.length > 0 && { requirements: rest }),
  };
}

/** @throws Fault BAD_INPUT */
function checkFields(fields: readonly PlanField[]): void {
  const [problem] = fieldProblems(fields);
  if (fields.length > 40)
    throw new Fault(
      'BAD_INPUT',
      `A resource has at most 40 fields; the requirements lead to ${fields.length}. Remove some.`,
      { path: ['requirements'] },
    );
  if (problem)
    throw new Fault('BAD_INPUT', `The requirements are invalid: ${problem.message}.`, { path: ['requirements'] });
}

function parseLexiconField(text: string): PlanField {
  const field = parseField(text);
  if (!field) throw new Error(`The lexicon has no field ${text}`);
  return normalizeField(field);
}

function normalizeField({ description, ...field }: PlanField): PlanField {
  const name = snakeCase(field.name);
  return { ...field, name, ...(description && { description: oneLine(description, 500) }) };
}

function queriesFor(names: ResourceNames, goal: string, requirements: readonly string[]): string[] {
  const words = toWords(names.variable);
  const queries = [oneLine(goal, 200), `${words} data model`, `${words} REST API`, ...requirements.slice(0, 3)];
  return [...new Set(queries.filter((query) => query !== ''))];
}

function toWords(name: string): string {
  return snakeCase(name)
    .replaceAll('_', ' ')
    .replace(/^./, (first) => (name[0] === first ? first : first.toUpperCase()));
}
