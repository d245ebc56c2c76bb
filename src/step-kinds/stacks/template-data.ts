import type { JsonObject } from '../../lib/json.ts';
import { camelCase, pascalCase } from '../plan/names.ts';
import type { PlanField, ServicePlan } from '../plan/plan-schema.ts';
import { oneLine } from '../shared/model-text.ts';
import { invalidValue, sampleValue } from './sample-value.ts';

/** A finding as a README lists it. */
export interface TemplateSource {
  readonly title: string;
  readonly url: string;
}

/**
 * Data of the templates of every stack. Identifiers are safe everywhere; texts (`title`, `goal`, descriptions,
 * requirements, sources) are on one line, and belong in a README or must go through `tojson`.
 */
export function templateData(
  plan: TemplatePlan,
  sources: readonly TemplateSource[],
): Readonly<Record<string, unknown>> {
  const { entity } = plan;
  const { variable, plural } = entity;
  return {
    title: plan.title,
    goal: plan.goal ?? '',
    requirements: plan.requirements ?? [],
    sources,
    package: `${variable}_service`,
    slug: `${variable.replaceAll('_', '-')}-service`,
    entity: {
      ...entity,
      description: entity.description ?? '',
      words: variable.replaceAll('_', ' '),
      many_words: plural.replaceAll('_', ' '),
      camel: camelCase(variable),
      // When singular and plural are the same word, their GraphQL fields need different names.
      many_camel: plural === variable ? `${camelCase(plural)}List` : camelCase(plural),
      many_pascal: pascalCase(plural),
      path: plural.replaceAll('_', '-'),
      fields: entity.fields.map(fieldData),
    },
  };
}

export type TemplatePlan = Pick<ServicePlan, 'title' | 'goal' | 'requirements' | 'entity'>;

function fieldData(field: PlanField): Readonly<Record<string, unknown>> {
  const { name, type, choices = [], max_length, minimum, maximum } = field;
  return {
    ...field,
    camel: camelCase(name),
    pascal: pascalCase(name),
    description: field.description ?? '',
    choices,
    max_length: max_length ?? (type === 'string' ? 200 : type === 'text' ? 10_000 : null),
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    sample: sampleValue(field, 0),
    other_sample: sampleValue(field, 1),
    invalid: invalidValue(field),
  };
}

const MAX_SOURCES = 20;
const URL_SHAPE = /^(https?:\/\/|file:\/\/\/|artifact:|drive:)[^\s<>"'`\\|{}^[\]()]{1,1000}$/;

/** Findings of `research` as a README lists them. The title of a page becomes plain text. */
export function readSources(findings: readonly JsonObject[]): readonly TemplateSource[] {
  const sources = new Map<string, TemplateSource>();
  for (const finding of findings) {
    if (typeof finding.url !== 'string' || !URL_SHAPE.test(finding.url)) continue;
    const title = typeof finding.title === 'string' ? toPlainText(finding.title) : '';
    if (!sources.has(finding.url)) sources.set(finding.url, { title: title || 'Untitled', url: finding.url });
    if (sources.size === MAX_SOURCES) break;
  }
  return [...sources.values()];
}

function toPlainText(text: string): string {
  return oneLine(text.replaceAll(/[[\]<>`*_|\\!#&]/g, ' '), 200);
}
