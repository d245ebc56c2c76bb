import { propertiesOf, schemasAt, valuesOf, type WorkflowSchema } from './schema-at.ts';

/** A kind of step that the palette offers. */
export interface StepKindEntry {
  readonly kind: string;
  readonly description: string;
}

/** The kinds of steps that the published schema describes. */
export function stepKindsOf(schema: WorkflowSchema): readonly StepKindEntry[] {
  return schemasAt(schema, ['steps', 0, 'kind'], undefined).flatMap((one) =>
    valuesOf(one).map((kind) => ({ kind, description: one.description ?? '' })),
  );
}

/** A step of a kind, with what the schema requires of it, and an ID that no step has. */
export function newStep(
  kind: string,
  schema: WorkflowSchema,
  taken: readonly string[],
): Readonly<Record<string, unknown>> {
  const [of] = schemasAt(schema, ['steps', 0], { steps: [{ kind }] });
  const required = (of?.required ?? []).filter((name) => name !== 'id' && name !== 'kind');
  const ids = [kind, ...taken.map((_, index) => `${kind}_${index + 2}`)];
  const id = ids.find((one) => !taken.includes(one)) ?? kind;
  return { id, kind, ...Object.fromEntries(required.map((name) => [name, emptyOf(schema, kind, name)])) };
}

function emptyOf(schema: WorkflowSchema, kind: string, name: string): unknown {
  const [property] = schemasAt(schema, ['steps', 0, name], { steps: [{ kind }] });
  const type = [property?.type].flat();
  if (!type.includes('object')) return '';
  const required = [...propertiesOf(property ? [property] : [], schema).keys()].filter((one) =>
    property?.required?.includes(one),
  );
  return Object.fromEntries(required.map((one) => [one, '']));
}
