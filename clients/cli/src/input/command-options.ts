import { parseArgs } from 'node:util';
import { UsageError } from '../output/exit-codes.ts';
import { jsonOrText } from './json.ts';

interface OptionSchema {
  readonly type?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

/** The JSON Schema of the options of a command. */
export interface CommandSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

/**
 * Options by the schema of a command: `--schema-uri` is `schemaUri`. A boolean option is a flag (`--no-header` for false), a
 * list repeats its option or is a JSON list, a string is text, and other values are JSON or text.
 * @returns the options, and the word that names the source
 * @throws UsageError that lists the options of the command
 */
export function parseCommandOptions(name: string, { properties = {} }: CommandSchema, words: readonly string[]) {
  const names = new Map(Object.keys(properties).map((property) => [kebab(property), property]));
  const typeOf = (option: string) => properties[names.get(option) ?? '']?.type;
  const grammar = [...names.keys()].map((option) => {
    const type = typeOf(option) === 'boolean' ? ('boolean' as const) : ('string' as const);
    return [option, { type, multiple: typeOf(option) === 'array' }] as const;
  });
  const { values, positionals } = parse(name, [...names.keys()], () =>
    parseArgs({ args: [...words], options: Object.fromEntries(grammar), allowPositionals: true, allowNegative: true }),
  );
  const [source, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`${name} takes one source, and got ${positionals.join(', ')}.`);
  if (source !== undefined && (!names.has('source') || values.source !== undefined))
    throw new UsageError(`${name} takes no source ${source}. ${listOf(name, [...names.keys()])}`);
  const options = Object.entries(values).map(([option, value]) => [
    names.get(option),
    optionValue(typeOf(option), value),
  ]);
  return { source, options: Object.fromEntries(options) as Readonly<Record<string, unknown>> };
}

/** The options that a command takes, as they are typed. One with a default is not required. */
export function flagsOf({ properties = {}, required = [] }: CommandSchema) {
  return Object.entries(properties).map(([property, schema]) => ({
    property,
    flag: `--${kebab(property)}`,
    type: schema.type,
    description: schema.description ?? '',
    choices: (schema.enum ?? []).map(String),
    default: schema.default,
    isRequired: required.includes(property) && schema.default === undefined,
  }));
}

function optionValue(type: unknown, value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only, ...others] = value.map((item) => jsonOrText(String(item)));
    return others.length === 0 && Array.isArray(only) ? only : value;
  }
  return typeof value === 'string' && type !== 'string' ? jsonOrText(value) : value;
}

function parse<Result>(name: string, options: readonly string[], read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. ${listOf(name, options)}`);
  }
}

function listOf(name: string, options: readonly string[]): string {
  return `Options of ${name}: ${options.map((option) => `--${option}`).join(', ')}.`;
}

function kebab(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
