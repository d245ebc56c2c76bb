import { Fault } from '../../core/errors.ts';
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

/** What a plan says before its stack adds endpoints and files. */
export type PlanDraft = Omit<ServicePlan, 'stack' | 'endpoints' | 'files' | 'tests'>;

const DEFAULT_RESOURCE = 'Entry';

/**
 * The same plan for the same wish: from what the lexicon knows of the resource, and from the requirements that are written
 * as fields. Other requirements are kept in words.
 * @throws Fault BAD_INPUT for names that no code can have
 */
export function planByRules({ goal, resource, requirements = [] }: PlanRequest): PlanDraft {
  const names = resourceNames(resource ?? findResourceName(goal, singularOf) ?? DEFAULT_RESOURCE);
  const known = lookUpResource(names.variable);
  const wanted = requirements.map((text) => ({ text: oneLine(text, 500), field: parseField(text) }));
  const fields = new Map(known.fields.map((text) => parseLexiconField(text)).map((field) => [field.name, field]));
  for (const { field } of wanted) if (field) fields.set(snakeCase(field.name), normalizeField(field));
  const rest = wanted.filter(({ field }) => !field).map(({ text }) => text);
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
      description: known.description,
      fields: [...fields.values()],
    },
    queries: queriesFor(names, goal, rest),
    ...(rest.length > 0 && { requirements: rest }),
  };
}

/** Free text on one line, without what a terminal or a document would take for more than text. */
export function oneLine(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** @throws Fault BAD_INPUT */
function checkFields(fields: readonly PlanField[]): void {
  const [problem] = fieldProblems(fields);
  if (fields.length > 40) throw new Fault('BAD_INPUT', 'A resource has 40 fields at most.', { path: ['requirements'] });
  if (problem) throw new Fault('BAD_INPUT', `Of the requirements: ${problem.message}.`, { path: ['requirements'] });
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
  const asked = [oneLine(goal, 200), `${words} data model`, `${words} REST API`, ...requirements.slice(0, 3)];
  return [...new Set(asked.filter((query) => query !== ''))];
}

function toWords(name: string): string {
  return snakeCase(name)
    .replaceAll('_', ' ')
    .replace(/^./, (first) => (name[0] === first ? first : first.toUpperCase()));
}
