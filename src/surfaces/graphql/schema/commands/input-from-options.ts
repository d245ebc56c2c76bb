import { isDeepStrictEqual } from 'node:util';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLString,
  isNonNullType,
} from 'graphql';
import type { TSchema } from 'typebox';
import { type OptionRole, optionRoleOf } from '../../../../commands/definition/options.ts';
import type { Json, JsonObject } from '../../../../lib/json.ts';
import { toAgentSpec } from '../agents/agent-input.ts';
import { type ResourceInput, toResourceInput } from '../resources/resource-input.ts';

/** The parts of JSON Schema that options may use (docs/commands.md lists them). */
interface OptionSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly const?: Json;
  readonly enum?: readonly Json[];
  /** A description of each value of `enum`; an annotation that editors support. */
  readonly enumDescriptions?: readonly string[];
  readonly anyOf?: readonly OptionSchema[];
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Converts a GraphQL input to options: enum names become values, and null becomes absent. */
type OptionConverter = (value: unknown) => Json;

export interface OptionsInput {
  readonly type: GraphQLInputObjectType;
  readonly toOptions: (input: Readonly<Record<string, unknown>>) => JsonObject;
}

type FindType = (name: string) => GraphQLNamedType | undefined;

const ROLE_TYPES: Record<OptionRole, string> = {
  ...{ resource: 'ResourceInput', uri: 'URI', schema: 'URI', json: 'JSON', agent: 'AgentInput' },
};
const ROLE_VALUES: Partial<Record<OptionRole, OptionConverter>> = {
  resource: (value) => ({ ...toResourceInput(value as typeof ResourceInput.$inferInput) }),
  agent: (value) => ({ ...toAgentSpec(value) }) as JsonObject,
};
const MAX_INT32 = 2 ** 31 - 1;

/**
 * The GraphQL input of a command's options, so that a command needs no GraphQL code for its mutation. A property
 * that is required and has no default is non-null. A union of literals is an enum; its GraphQL name, as that of a
 * nested object, is the schema's `title` when that is a valid name, and otherwise derived from its path.
 * @param named the types of the schema that the input becomes part of
 * @param extra fields that are not options
 * @throws Error when an option has no GraphQL input type; the message names the property
 */
export function inputFromOptions(
  name: string,
  description: string,
  options: TSchema,
  named: FindType,
  extra: Readonly<Record<string, GraphQLInputFieldConfig>>,
): OptionsInput {
  const { type, toOptions } = objectInput(`${name}Input`, { ...(options as OptionSchema), description }, named, extra);
  return { type, toOptions: (input) => toOptions(input) as JsonObject };
}

function objectInput(
  name: string,
  schema: OptionSchema,
  named: FindType,
  extra: Readonly<Record<string, GraphQLInputFieldConfig>> = {},
) {
  const base = name.replace(/Input$/, '');
  const required = new Set(schema.required);
  const converters = new Map<string, OptionConverter>();
  const fields: Record<string, GraphQLInputFieldConfig> = {};
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const { type, toOptions } = inputTypeOf(`${base}${toPascalCase(key)}`, property, named);
    converters.set(key, toOptions);
    fields[key] = {
      type: required.has(key) && property.default === undefined ? nonNull(type) : type,
      description: property.description ?? property.title ?? `The option \`${key}\`.`,
      ...(property.default !== undefined && { defaultValue: property.default }),
    };
  }
  const toOptions: OptionConverter = (value) => {
    const given = value as Readonly<Record<string, unknown>>;
    const object: Record<string, Json> = {};
    for (const [key, convert] of converters) if (given[key] != null) object[key] = convert(given[key]);
    return object;
  };
  const type = new GraphQLInputObjectType({
    name,
    description: schema.description ?? `Part of ${name}.`,
    fields: { ...fields, ...extra },
  });
  return { type, toOptions };
}

function inputTypeOf(
  name: string,
  schema: OptionSchema,
  named: FindType,
): { type: GraphQLInputType; toOptions: OptionConverter } {
  const as = (type: GraphQLInputType, toOptions: OptionConverter = identity) => ({ type, toOptions });
  const role = optionRoleOf(schema as TSchema);
  if (role && schema.type !== 'array') return as(named(ROLE_TYPES[role]) as GraphQLInputType, ROLE_VALUES[role]);
  const literals = literalsOf(schema);
  if (literals) return enumInput(titleName(schema) ?? name, schema, literals, named);
  switch (schema.type) {
    case 'string':
      return as(GraphQLString);
    case 'boolean':
      return as(GraphQLBoolean);
    case 'number':
      return as(GraphQLFloat);
    case 'integer': {
      const small = Math.abs(schema.minimum ?? 0) <= MAX_INT32 && Math.abs(schema.maximum ?? 0) <= MAX_INT32;
      return as(small ? GraphQLInt : (named('SafeInt') as GraphQLInputType));
    }
    case 'array': {
      const item = inputTypeOf(toSingular(name), schema.items ?? {}, named);
      const toOptions: OptionConverter = (value) => (value as readonly unknown[]).map(item.toOptions);
      return as(new GraphQLList(nonNull(item.type)), toOptions);
    }
    case 'object':
      if (schema.properties) return objectInput(titleName(schema) ?? `${name}Input`, schema, named);
  }
  throw new Error(`The option ${name} has no GraphQL type. Give it a type, or use AnyJson(…) for any JSON value.`);
}

function nonNull(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) ? type : new GraphQLNonNull(type);
}

function enumInput(name: string, schema: OptionSchema, literals: readonly EnumLiteral[], named: FindType) {
  const names = literals.map(({ value }) => enumName(value));
  const known = named(name);
  if (known instanceof GraphQLEnumType) {
    const same = isDeepStrictEqual(
      known.getValues().map((value) => value.name),
      names,
    );
    if (!same)
      throw new Error(`The enum ${name} exists with other values than this option. Give the option another title.`);
    return { type: known, toOptions: identity };
  }
  const values = literals.map(({ value, description }, i) => {
    const about = description ?? `\`${value}\`.`;
    return [names[i] as string, { value, description: about }];
  });
  const description = schema.description ?? `Values of ${name}.`;
  const type = new GraphQLEnumType({ name, description, values: Object.fromEntries(values) });
  return { type, toOptions: identity };
}

interface EnumLiteral {
  readonly value: string;
  readonly description: string | undefined;
}

/** The values of an `enum` of text, or of a union of literals. */
function literalsOf(schema: OptionSchema): readonly EnumLiteral[] | undefined {
  const found = schema.enum
    ? schema.enum.map((value, i) => ({ value, description: schema.enumDescriptions?.[i] }))
    : schema.anyOf?.map(({ const: value, description }) => ({ value, description }));
  const literals = found?.filter((literal): literal is EnumLiteral => typeof literal.value === 'string');
  return literals?.length && literals.length === found?.length ? literals : undefined;
}

function identity(value: unknown): Json {
  return value as Json;
}

function titleName({ title }: OptionSchema): string | undefined {
  return title && /^[A-Z][A-Za-z0-9]*$/.test(title) ? title : undefined;
}

function enumName(value: string): string {
  return value
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase();
}

/** `convertToJson` → `ConvertToJson`. */
export function toPascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function toSingular(name: string): string {
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
