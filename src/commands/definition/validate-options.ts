import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Fault, type Violation } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { AnyCommand } from './define-command.ts';

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
  const violations = (validate.errors ?? []).map(violationOf);
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  throw new Fault('BAD_INPUT', `Options of ${command.name}: ${first?.path || '/'} ${first?.message}${more}.`, {
    violations,
  });
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
  return made;
}

/** ajv writes defaults into what it checks. Strings, which can be long, are shared. */
function deepCopy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(deepCopy);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deepCopy(one)]));
}

function violationOf({ instancePath, keyword, message = 'does not fit', params }: ErrorObject): Violation {
  const name = propertyNameOf(params as Readonly<Record<string, unknown>>);
  if (name !== undefined) {
    const known = keyword === 'required' ? 'must be given' : 'is not an option that exists';
    return { path: `${instancePath}/${escapePointer(name)}`, message: known, keyword };
  }
  const values = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  return { path: instancePath, message: values ? `must be one of ${values.join(', ')}` : message, keyword };
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
