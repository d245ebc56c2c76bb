import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { containsExpression } from '../expressions/template.ts';

/** Something wrong with the options of a command or query. */
export interface OptionProblem {
  /** From the options down. */
  readonly path: readonly string[];
  /** Costly to make, as there may be more of them than are told. */
  message(): string;
  /** It is about a key that should not be there. */
  readonly key?: 'key';
}

/** Keywords that check nothing. */
const ANNOTATION_KEYWORDS = ['x-signalbox', 'enumDescriptions'];
/** Keywords that judge a value by what is in it. */
const WHOLE_VALUE_KEYWORDS = new Set(['anyOf', 'oneOf', 'not', 'if', 'contains', 'uniqueItems', 'const', 'enum']);

const validators = new WeakMap<JsonObject, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** What stands at a path of the options, as the document wrote the names. */
type DocumentKeys = (path: readonly string[]) => readonly string[];

/**
 * Checks options by their JSON Schema, where text with an expression in it fits everything: what it comes to is checked
 * again when it is known. Gives the options with defaults filled in.
 */
export function checkOptions(
  schema: JsonObject,
  options: JsonObject,
  written: DocumentKeys = (path) => path,
): { readonly filled: JsonObject; readonly problems: readonly OptionProblem[] } {
  const filled = structuredClone(options) as JsonObject;
  const validate = validatorOf(schema);
  if (validate(filled)) return { filled, problems: [] };
  const problems = (validate.errors ?? [])
    .filter((error) => !concernsExpression(error, options))
    .map((error) => problemOf(error, written));
  return { filled, problems };
}

function validatorOf(schema: JsonObject): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, verbose: true, useDefaults: true, strict: false, logger: false });
    for (const annotation of ANNOTATION_KEYWORDS) ajv.addKeyword(annotation);
  }
  const made = ajv.compile({ ...schema, additionalProperties: false });
  validators.set(schema, made);
  return made;
}

/** The error is about a value that is not known yet. */
function concernsExpression({ instancePath, keyword }: ErrorObject, options: JsonObject): boolean {
  const value = valueAt(options, pathOf(instancePath));
  if (typeof value === 'string') return containsExpression(value);
  return value !== undefined && WHOLE_VALUE_KEYWORDS.has(keyword) && containsExpression(value);
}

function valueAt(options: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = options;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[part];
  }
  return value;
}

function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function problemOf(
  { instancePath, message = 'does not fit', params, parentSchema }: ErrorObject,
  written: DocumentKeys,
): OptionProblem {
  const inside = pathOf(instancePath);
  const path = written(inside);
  const { missingProperty, additionalProperty, allowedValues } = params as Readonly<Record<string, unknown>>;
  if (typeof missingProperty === 'string')
    return { path, message: () => `${optionName(written([...inside, missingProperty]))} must be given` };
  if (typeof additionalProperty === 'string') {
    const inner = written([...inside, additionalProperty]);
    const message = () => {
      const properties = isJsonObject(parentSchema?.properties) ? Object.keys(parentSchema.properties) : [];
      const known = properties.map((property) => written([...inside, property]).at(-1) ?? property);
      const there = didYouMean(inner.at(-1) ?? '', known) || ` There are: ${known.join(', ')}.`;
      return `${optionName(inner)} is no option that exists.${there}`;
    };
    return { path: inner, message, key: 'key' };
  }
  const what = Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : message;
  return { path, message: () => `${path.length === 0 ? 'its options' : optionName(path)} ${what}` };
}

function optionName(path: readonly string[]): string {
  return path.join('.').slice(0, 200);
}
