import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { TProperties, TSchema } from 'typebox';
import { Fault, type Violation } from '../../core/errors.ts';
import { RESOURCE_FORMS } from '../../core/resource.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { addDecimalMultipleOf } from '../../lib/json-schema/keywords.ts';
import type { AnyCommand } from './define-command.ts';
import { optionRoleOf } from './options.ts';

/** Keywords that check nothing: the role of an option, and what the values of an enum mean. */
const ANNOTATIONS = ['x-signalbox', 'enumDescriptions'];

const require = createRequire(import.meta.url);
const validators = new WeakMap<AnyCommand, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/**
 * The options with defaults filled in; what the caller gave stays as it is. Nothing is coerced, nothing unknown
 * passes, and every fault is named.
 * @throws Fault BAD_INPUT with violations
 */
export function validateOptions(command: AnyCommand, options: JsonObject): JsonObject {
  let validate = validators.get(command);
  if (!validate) {
    validate = compileOptions(command.options);
    validators.set(command, validate);
  }
  const filled = deepCopy(options) as JsonObject;
  if (validate(filled)) return filled;
  const violations = (validate.errors ?? []).map((error) => violationOf(error, command.options.properties));
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  const message = `Options of ${command.name}: ${first?.path || '/'} ${first?.message}${more}`;
  throw new Fault('BAD_INPUT', message.endsWith('?') ? message : `${message}.`, { violations });
}

/** @throws Error when it is no JSON Schema that ajv takes in its strict mode */
export function compileOptions(options: object): ValidateFunction {
  ajv ??= createAjv();
  return ajv.compile({ ...options, additionalProperties: false });
}

function createAjv(): Ajv2020 {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const made = new Ajv2020({ allErrors: true, useDefaults: true, strict: true, strictRequired: false });
  for (const annotation of ANNOTATIONS) made.addKeyword(annotation);
  addDecimalMultipleOf(made);
  return made;
}

/** ajv writes defaults into what it checks. Strings, which can be long, are shared. */
function deepCopy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(deepCopy);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deepCopy(one)]));
}

function violationOf(
  { instancePath, keyword, message = 'does not fit', params }: ErrorObject,
  properties: TProperties,
): Violation {
  const name = propertyNameOf(params as Readonly<Record<string, unknown>>);
  if (name !== undefined) {
    const own = instancePath === '' ? properties : {};
    const what = keyword === 'required' ? missing(own[name]) : `is not an option that exists${hint(name, own)}`;
    return { path: `${instancePath}/${escapePointer(name)}`, message: what, keyword };
  }
  const values = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  return { path: instancePath, message: values ? `must be one of ${values.join(', ')}` : message, keyword };
}

function missing(schema: TSchema | undefined): string {
  const isResource = schema !== undefined && optionRoleOf(schema) === 'resource';
  return isResource ? `must be given: ${RESOURCE_FORMS}` : 'must be given';
}

function hint(name: string, properties: TProperties): string {
  const names = Object.keys(properties);
  const near = didYouMean(name, names);
  return near === '' && names.length > 0 ? `. Known options: ${names.join(', ')}` : near && `.${near}`;
}

/** The member that is missing or too much: the path of the error ends before it. */
function propertyNameOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const name = params.missingProperty ?? params.additionalProperty;
  return typeof name === 'string' ? name : undefined;
}

/** RFC 6901 §3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
