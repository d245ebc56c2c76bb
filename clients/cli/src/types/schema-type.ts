const MAX_DEPTH = 24;
/** A longer list of literals costs an editor more than it helps. */
const MAX_LITERALS = 200;

type Schema = Readonly<Record<string, unknown>>;

const BASIC: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
  array: 'readonly unknown[]',
  object: '{ readonly [name: string]: unknown }',
};

/**
 * The TypeScript type of the values that a JSON Schema (2020-12) permits. What TypeScript cannot say, such as a pattern or
 * `$ref`, makes the type wider, so that each valid value has it.
 */
export function typeOfSchema(schema: unknown, depth = 0): string {
  if (schema === false) return 'never';
  if (!isObject(schema) || depth > MAX_DEPTH) return 'unknown';
  if ('const' in schema) return literal(schema.const) ?? 'unknown';
  if (Array.isArray(schema.enum)) {
    const literals = schema.enum.map(literal);
    if (literals.length > 0 && literals.length <= MAX_LITERALS && !literals.includes(undefined)) return union(literals);
  }
  const parts = [ofType(schema, depth)];
  for (const keyword of ['anyOf', 'oneOf']) {
    const options = schema[keyword];
    if (Array.isArray(options)) parts.push(union(options.map((option) => typeOfSchema(option, depth + 1))));
  }
  if (Array.isArray(schema.allOf)) parts.push(...schema.allOf.map((part) => typeOfSchema(part, depth + 1)));
  const known = [...new Set(parts.filter((part) => part !== 'unknown'))];
  return known.length > 1 ? known.map((part) => `(${part})`).join(' & ') : (known[0] ?? 'unknown');
}

/** A property name as TypeScript takes it, whatever it holds. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function ofType(schema: Schema, depth: number): string {
  const types = [schema.type].flat().filter((type) => typeof type === 'string');
  return types.length === 0 ? 'unknown' : union(types.map((type) => ofOneType(type, schema, depth + 1)));
}

function ofOneType(type: string, schema: Schema, depth: number): string {
  if (type === 'object' && isObject(schema.properties)) return ofObject(schema.properties, schema, depth);
  if (type === 'object' && isObject(schema.additionalProperties) && !('patternProperties' in schema)) {
    return `{ readonly [name: string]: ${typeOfSchema(schema.additionalProperties, depth)} }`;
  }
  if (type === 'array' && isObject(schema.items) && !('prefixItems' in schema)) {
    return `readonly (${typeOfSchema(schema.items, depth)})[]`;
  }
  return BASIC[type] ?? 'unknown';
}

function ofObject(properties: Schema, schema: Schema, depth: number): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members = Object.entries(properties).map(([name, property]) => {
    const optional = required.includes(name) ? '' : '?';
    return `readonly ${propertyName(name)}${optional}: ${typeOfSchema(property, depth)}`;
  });
  const isOpen = schema.additionalProperties !== false || 'patternProperties' in schema;
  return `{ ${[...members, ...(isOpen ? ['readonly [name: string]: unknown'] : [])].join('; ')} }`;
}

function literal(value: unknown): string | undefined {
  return value === null || typeof value !== 'object' ? JSON.stringify(value) : undefined;
}

function union(types: readonly (string | undefined)[]): string {
  const distinct = [...new Set(types)];
  if (distinct.includes('unknown')) return 'unknown';
  return distinct.length === 1 ? (distinct[0] ?? 'never') : distinct.map((type) => `(${type})`).join(' | ') || 'never';
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
