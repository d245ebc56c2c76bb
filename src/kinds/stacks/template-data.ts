import { camelCase, pascalCase } from '../../step-kinds/plan/names.ts';
import type { Plan, PlanField } from '../../step-kinds/plan/plan-schema.ts';
import { invalidValue, sampleValue } from '../../step-kinds/stacks/sample-value.ts';

/** What one finding is in a README. */
export interface Source {
  readonly title: string;
  readonly url: string;
}

/**
 * What the templates of every stack see. Identifiers are safe wherever they are put; what is text (`title`, `goal`,
 * descriptions, requirements, sources) is on one line, and belongs in a README or through `tojson`.
 */
export function templateData(plan: Draft, sources: readonly Source[]): Readonly<Record<string, unknown>> {
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
      // One and many may be the same word: then their GraphQL fields need two names.
      many_camel: plural === variable ? `${camelCase(plural)}List` : camelCase(plural),
      many_pascal: pascalCase(plural),
      path: plural.replaceAll('_', '-'),
      fields: entity.fields.map(fieldData),
    },
  };
}

export type Draft = Pick<Plan, 'title' | 'goal' | 'requirements' | 'entity'>;

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
