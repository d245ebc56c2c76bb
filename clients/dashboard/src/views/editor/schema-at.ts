/** What completion understands of the published JSON Schema of workflows. */
export interface WorkflowSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, WorkflowSchema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly WorkflowSchema[];
  readonly properties?: Readonly<Record<string, WorkflowSchema>>;
  readonly additionalProperties?: boolean | WorkflowSchema;
  readonly items?: WorkflowSchema;
  readonly required?: readonly string[];
  readonly pattern?: string;
}

export type Path = readonly (string | number)[];

/** The schemas that apply at a path of the document: several where a step does not say its kind yet. */
export function schemasAt(root: WorkflowSchema, path: Path, document: unknown): readonly WorkflowSchema[] {
  let value = document;
  let schemas = alternatives(root, root, value);
  for (const part of path) {
    value = memberOf(value, part);
    schemas = schemas.flatMap((schema) => {
      const next = childOf(schema, part);
      return next ? alternatives(root, next, value) : [];
    });
  }
  return schemas;
}

function childOf({ properties, additionalProperties, items }: WorkflowSchema, part: string | number) {
  if (typeof part === 'number') return items;
  return properties?.[part] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

/** The schema with its references followed, and of several alternatives those of the kind that the value states. */
function alternatives(root: WorkflowSchema, reference: WorkflowSchema, value: unknown): readonly WorkflowSchema[] {
  const schema = targetOf(root, reference);
  if (!schema.oneOf) return [schema];
  const all = schema.oneOf.flatMap((one) => alternatives(root, one, value));
  const kind = memberOf(value, 'kind');
  const ofKind = all.filter(({ properties }) => properties?.kind?.const === kind);
  return ofKind.length > 0 ? ofKind : all;
}

/** The schema that a reference leads to; one without a reference is itself. */
export function targetOf(root: WorkflowSchema, schema: WorkflowSchema): WorkflowSchema {
  if (schema.$ref === undefined) return schema;
  return targetOf(root, root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {});
}

function memberOf(value: unknown, part: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
}

/** The values that a schema lists. */
export function valuesOf({ const: only, enum: several, type }: WorkflowSchema): readonly string[] {
  if (only !== undefined) return [String(only)];
  if (several) return several.map(String);
  return type === 'boolean' ? ['true', 'false'] : [];
}

/** The names of the properties that the schemas have, each with what it is for. */
export function propertiesOf(schemas: readonly WorkflowSchema[], root: WorkflowSchema): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { properties = {} } of schemas) {
    for (const [name, property] of Object.entries(properties)) {
      const [target] = alternatives(root, property, undefined);
      if (!names.has(name)) names.set(name, property.description ?? target?.description ?? '');
    }
  }
  return names;
}
