/** What a form understands of a JSON Schema (2020-12). Everything else is entered as JSON; the server checks the whole. */
export interface FormSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly 'x-signalbox'?: string;
}

/** How a value is entered. */
export type FieldKind = 'choice' | 'flag' | 'number' | 'line' | 'lines' | 'list' | 'resource' | 'group' | 'json';

/** Longer texts need several lines. */
const MAX_LINE = 8192;

export function fieldKindOf(name: string, schema: FormSchema): FieldKind {
  const special = schema['x-signalbox'];
  if (special === 'resource') return 'resource';
  if (special === 'json' || special === 'agent') return 'json';
  if (schema.enum?.every((value) => typeof value === 'string')) return 'choice';
  switch (schema.type) {
    case 'boolean':
      return 'flag';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return isLong(name, schema) ? 'lines' : 'line';
    case 'array':
      return schema.items?.type === 'string' && !schema.items.enum ? 'list' : 'json';
    case 'object':
      return schema.properties ? 'group' : 'json';
    default:
      return 'json';
  }
}

function isLong(name: string, { maxLength, 'x-signalbox': special }: FormSchema): boolean {
  if (special === 'uri' || special === 'schema') return false;
  return (maxLength ?? 0) > MAX_LINE || /^(code|text|template|script|goal|context|content|message|prompt)$/i.test(name);
}

/** Properties that a form must ask for: required, and without a default. The others are optional. */
export function partition(schema: FormSchema): {
  readonly asked: readonly string[];
  readonly optional: readonly string[];
} {
  const names = Object.keys(schema.properties ?? {});
  const isAsked = (name: string) =>
    schema.required?.includes(name) === true && schema.properties?.[name]?.default === undefined;
  return { asked: names.filter(isAsked), optional: names.filter((name) => !isAsked(name)) };
}

/** `rootElement` and `root_element` as people read it: `Root element`. */
export function labelOf(name: string, { title }: FormSchema): string {
  if (title?.includes(' ')) return title;
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.-]+/g, ' ')
    .toLowerCase();
  const text = words.replaceAll(/\b(uri|url|id|json|csv|html|api|llm|sql)\b/g, (word) => word.toUpperCase());
  return (text[0]?.toUpperCase() ?? '') + text.slice(1);
}

/** Required properties that have no value, by name. */
export function missingOf(schema: FormSchema, value: Readonly<Record<string, unknown>>): readonly string[] {
  return partition(schema).asked.filter((name) => value[name] === undefined);
}
