import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { RESOURCE_FORMS } from '../../core/resource.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { addDecimalMultipleOf } from '../../lib/json-schema/keywords.ts';
import { containsExpression } from '../expressions/template.ts';

/** Something wrong with the options of a command or query. */
export interface OptionProblem {
  /** From the options down to the value. */
  readonly path: readonly string[];
  /** Ends a sentence. A function because it is expensive, and not every problem is reported. */
  message(): string;
  /** Set when the key itself is the problem. */
  readonly key?: 'key';
}

/** Keywords that validate nothing. */
const ANNOTATION_KEYWORDS = ['x-signalbox', 'enumDescriptions'];
/** Keywords that validate a list or object by its contents. */
const WHOLE_VALUE_KEYWORDS = new Set(['anyOf', 'oneOf', 'not', 'if', 'contains', 'uniqueItems', 'const', 'enum']);

const validators = new WeakMap<JsonObject, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** Maps a path of the options to the names as the document spells them. */
export type DocumentKeys = (path: readonly string[]) => readonly string[];

/**
 * Checks options by their JSON Schema. A string with an expression matches every schema: its value is checked again when
 * it is known. Returns the options with defaults filled in.
 */
export function checkOptions(
  schema: JsonObject,
  options: JsonObject,
  spell: DocumentKeys = (path) => path,
): { readonly filled: JsonObject; readonly problems: readonly OptionProblem[] } {
  const filled = structuredClone(options) as JsonObject;
  const validate = validatorOf(schema);
  if (validate(filled)) return { filled, problems: [] };
  const problems = (validate.errors ?? [])
    .filter((error) => !concernsExpression(error, options))
    .map((error) => problemOf(error, spell));
  return { filled, problems };
}

export function validatorOf(schema: JsonObject): ValidateFunction {
  const compiled = validators.get(schema);
  if (compiled) return compiled;
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, verbose: true, useDefaults: true, strict: false, logger: false });
    for (const annotation of ANNOTATION_KEYWORDS) ajv.addKeyword(annotation);
    addDecimalMultipleOf(ajv);
  }
  const validate = ajv.compile({ ...schema, additionalProperties: false });
  validators.set(schema, validate);
  return validate;
}

/** True when the error is about a value that is not known yet. */
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
  { instancePath, message = 'is invalid', params, parentSchema }: ErrorObject,
  spell: DocumentKeys,
): OptionProblem {
  const inside = pathOf(instancePath);
  const path = spell(inside);
  const { missingProperty, additionalProperty, allowedValues } = params as Readonly<Record<string, unknown>>;
  if (typeof missingProperty === 'string') {
    const name = optionName(spell([...inside, missingProperty]));
    const schema: unknown = (parentSchema?.properties as JsonObject | undefined)?.[missingProperty];
    const isResource = isJsonObject(schema as Json) && (schema as JsonObject)['x-signalbox'] === 'resource';
    return { path, message: () => `${name} must be given${isResource ? `: ${RESOURCE_FORMS}` : ''}.` };
  }
  if (typeof additionalProperty === 'string') {
    const inner = spell([...inside, additionalProperty]);
    const message = () => {
      const properties = isJsonObject(parentSchema?.properties) ? Object.keys(parentSchema.properties) : [];
      const names = properties.map((property) => spell([...inside, property]).at(-1) ?? property);
      const hint = didYouMean(inner.at(-1) ?? '', names) || ` Known options: ${names.join(', ')}.`;
      return `${optionName(inner)} is not a known option.${hint}`;
    };
    return { path: inner, message, key: 'key' };
  }
  const what = Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : message;
  return { path, message: () => `${path.length === 0 ? 'the options' : optionName(path)} ${what}.` };
}

export function optionName(path: readonly string[]): string {
  return path.join('.').slice(0, 200);
}
