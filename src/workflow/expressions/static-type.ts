import type { Expression } from '../../lib/jinja/jinja.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { parsedExpression } from './expression-engine.ts';
import { parseBareExpression, splitTemplate } from './template.ts';

/** A JSON Schema that the value fits; undefined when nothing is known. */
export type StaticType = JsonObject | undefined;

const STRING: JsonObject = { type: 'string' };
const NUMBER: JsonObject = { type: 'number' };
const INTEGER: JsonObject = { type: 'integer' };
const BOOLEAN: JsonObject = { type: 'boolean' };
const ARRAY: JsonObject = { type: 'array' };

const typeForEach = (type: JsonObject, names: string) => names.split(' ').map((name) => [name, type] as const);

/** What a filter makes, whatever it is applied to. */
const FILTER_TYPES: ReadonlyMap<string, JsonObject> = new Map([
  ...typeForEach(STRING, 'capitalize center e escape filesizeformat forceescape format indent join lower pprint'),
  ...typeForEach(STRING, 'replace safe string striptags title tojson trim truncate upper urlencode urlize wordwrap'),
  ...typeForEach(STRING, 'xmlattr'),
  ...typeForEach(INTEGER, 'count length wordcount'),
  ...typeForEach(BOOLEAN, 'bool'),
  ...typeForEach(ARRAY, 'batch dictsort groupby items lines list map reject rejectattr select selectattr slice sort'),
  ...typeForEach(ARRAY, 'split unique'),
]);

/**
 * What a string of a document becomes: the value of its only expression, or text.
 * @param names schema of an object with the names that expressions may use
 */
export function typeOfTemplate(text: string, names: JsonObject): StaticType {
  try {
    const parts = splitTemplate(text);
    const [only] = parts;
    return parts.length === 1 && typeof only === 'object' ? typeOf(parsedExpression(only.source), names) : STRING;
  } catch {
    // What is wrong with it is reported elsewhere.
    return undefined;
  }
}

/** The same for the text of `for_each`, an expression with or without braces. */
export function typeOfExpression(text: string, names: JsonObject): StaticType {
  try {
    return typeOf(parsedExpression(parseBareExpression(text).source), names);
  } catch {
    return undefined;
  }
}

function typeOf(expression: Expression, names: JsonObject): StaticType {
  const inner = (one: Expression) => typeOf(one, names);
  switch (expression.type) {
    case 'constant':
      return constantType(expression.value);
    case 'name':
      return member(names, expression.name);
    case 'list':
    case 'tuple':
      return ARRAY;
    case 'dict':
      return { type: 'object' };
    case 'not':
    case 'compare':
    case 'test':
      return BOOLEAN;
    case 'negative':
      return NUMBER;
    case 'concat':
      return STRING;
    case 'arithmetic':
      return arithmeticType(expression.operator, inner(expression.left), inner(expression.right));
    case 'and':
    case 'or':
      return eitherOf(inner(expression.left), inner(expression.right));
    case 'conditional':
      return expression.otherwise
        ? eitherOf(inner(expression.consequent), inner(expression.otherwise))
        : inner(expression.consequent);
    case 'attribute':
      return member(inner(expression.object), expression.name);
    case 'item':
      return expression.key.type === 'constant' ? member(inner(expression.object), expression.key.value) : undefined;
    case 'slice':
      return inner(expression.object);
    case 'filter':
      return filterType(expression, names);
    case 'positive':
    case 'call':
      return undefined;
  }
}

function constantType(value: unknown): StaticType {
  if (value === null) return { type: 'null' };
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOLEAN;
  return Number.isInteger(value) || typeof value === 'bigint' ? INTEGER : NUMBER;
}

function filterType({ name, input, args }: Expression & { readonly type: 'filter' }, names: JsonObject): StaticType {
  const given = input && typeOf(input, names);
  const [first] = [...args.positional, ...args.named.map(([, value]) => value)];
  const fallback = first && typeOf(first, names);
  switch (name) {
    case 'default':
    case 'd':
      return first ? eitherOf(given, fallback) : eitherOf(given, STRING);
    case 'int':
    case 'float':
      return first ? eitherOf(NUMBER, fallback) : name === 'int' ? INTEGER : NUMBER;
    case 'abs':
    case 'round':
      return isNumber(given) ? NUMBER : undefined;
    case 'first':
    case 'last':
      return member(given, 0);
    default:
      return FILTER_TYPES.get(name);
  }
}

function arithmeticType(operator: string, left: StaticType, right: StaticType): StaticType {
  if (operator === '+' && left?.type === 'string' && right?.type === 'string') return STRING;
  return isNumber(left) && isNumber(right) ? NUMBER : undefined;
}

function isNumber(type: StaticType): boolean {
  return type?.type === 'number' || type?.type === 'integer';
}

function eitherOf(one: StaticType, other: StaticType): StaticType {
  return one && other && { anyOf: [one, other] };
}

function member(type: StaticType, key: unknown): StaticType {
  const members = typeof key === 'string' ? type?.properties : undefined;
  const schema =
    typeof key === 'number'
      ? type?.items
      : isJsonObject(members) && typeof key === 'string' && Object.hasOwn(members, key)
        ? members[key]
        : undefined;
  return isJsonObject(schema) ? schema : undefined;
}

const JSON_TYPES = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** The types that a value which fits the schema may have; undefined when any. */
export function jsonTypesOf(schema: StaticType): ReadonlySet<JsonType> | undefined {
  if (!schema) return undefined;
  const { type, enum: values, anyOf, oneOf } = schema;
  if (type !== undefined) {
    const named = (Array.isArray(type) ? type : [type]).map((one) => (one === 'integer' ? 'number' : one));
    const types = JSON_TYPES.filter((one) => named.includes(one));
    // A schema with another type is not valid, which is reported elsewhere.
    return types.length === new Set(named).size ? new Set(types) : undefined;
  }
  if (Object.hasOwn(schema, 'const')) return new Set([jsonTypeOf(schema.const ?? null)]);
  if (Array.isArray(values)) return new Set(values.map(jsonTypeOf));
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined;
  if (!branches) return undefined;
  const types = new Set<JsonType>();
  for (const branch of branches as readonly Json[]) {
    const ofBranch = isJsonObject(branch) ? jsonTypesOf(branch) : undefined;
    if (!ofBranch) return undefined;
    for (const one of ofBranch) types.add(one);
  }
  return types;
}

function jsonTypeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}
