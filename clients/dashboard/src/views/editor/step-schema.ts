import type { FormSchema } from '../../parts/schema-form/schema.ts';
import { schemasAt, targetOf, type WorkflowSchema } from './schema-at.ts';

/** What stands elsewhere: in the heading, and in the list of dependencies. */
const ELSEWHERE = ['id', 'kind', 'depends_on'];

/** What a form of a step of this kind asks for; with the schema of its input, and what it can call, where they are known. */
export function stepSchema(
  schema: WorkflowSchema,
  kind: string,
  input?: FormSchema,
  callable?: readonly { readonly name: string }[],
): FormSchema {
  const [step] = schemasAt(schema, ['steps', 0], { steps: [{ kind }] });
  if (!step) return {};
  const { properties = {}, required = [], ...others } = formSchema(schema, step);
  const called = callable && { [kind]: { ...properties[kind], enum: callable.map(({ name }) => name) } };
  const shown = Object.entries(properties).filter(([name]) => !ELSEWHERE.includes(name));
  return {
    ...others,
    properties: {
      ...Object.fromEntries(shown),
      ...called,
      ...(input && properties.input && { input: { ...input, title: 'Input' } }),
    },
    required: required.filter((name) => !ELSEWHERE.includes(name)),
  };
}

/** The schema without references and alternatives: what has several types is asked for as the first that is no expression. */
function formSchema(root: WorkflowSchema, schema: WorkflowSchema): FormSchema {
  const { $ref: _, $defs: __, oneOf, type, properties, items, enum: listed, ...rest } = targetOf(root, schema);
  if (oneOf) return { ...(rest.description !== undefined && { description: rest.description }) };
  const types = [type ?? []]
    .flat()
    .filter((one, __, all) => all.length === 1 || one !== 'string' || !isExpression(rest.pattern));
  const entries = Object.entries(properties ?? {}).map(([name, one]) => [name, formSchema(root, one)] as const);
  const { pattern: ___, const: ____, additionalProperties: _____, ...facts } = rest;
  return {
    ...facts,
    ...(types[0] !== undefined && { type: types[0] }),
    ...(listed && { enum: listed }),
    ...(properties && { properties: Object.fromEntries(entries) }),
    ...(items && { items: formSchema(root, items) }),
  };
}

const isExpression = (pattern: string | undefined) => pattern?.includes('\\{\\{') === true;
