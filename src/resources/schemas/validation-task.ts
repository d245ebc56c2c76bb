import type { ErrorObject, ValidateFunction } from 'ajv';
import { LRUCache } from 'lru-cache';
import { Fault, type Violation } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';
import { compileSchema } from './compile-schema.ts';
import type { ValidationRequest, ValidationResponse } from './validation-request.ts';

const MAX_VIOLATIONS = 100;
const MAX_MESSAGE_LENGTH = 300;
/** Maximum length of all schemas whose compiled form is cached, in UTF-16 units. */
const MAX_CACHED_LENGTH = 8 * 2 ** 20;

const compiled = new LRUCache<string, ValidateFunction>({ max: 128, maxSize: MAX_CACHED_LENGTH });

/** Checks JSON text against a schema. @throws Fault BAD_INPUT when either is invalid */
export async function run({ key, documents, json, firstOnly }: ValidationRequest): Promise<ValidationResponse> {
  const name = `${key}${firstOnly ? ' first' : ''}`;
  let validate = compiled.get(name);
  if (!validate) {
    const result = await compileSchema(documents, { allErrors: !firstOnly });
    if ('missing' in result) return result;
    validate = result.validate;
    compiled.set(name, validate, { size: documents.reduce((sum, { text }) => sum + text.length + 1, 0) });
  }
  if (isValid(validate, parseJson(textOf(json)))) return { violations: [] };
  const errors = validate.errors ?? [];
  // Otherwise the errors would stay in memory with the compiled schema.
  validate.errors = null;
  return { violations: toViolations(errors, firstOnly) };
}

function isValid(validate: ValidateFunction, data: Json): boolean {
  try {
    return validate(data) as boolean;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new Fault('BAD_INPUT', 'The schema refers to itself endlessly. Break the cycle.', { cause });
  }
}

function textOf(json: string | Uint8Array): string {
  if (typeof json === 'string') return json;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(json);
  } catch (cause) {
    throw new Fault('BAD_INPUT', 'The data is not UTF-8. Only JSON can be checked against a schema.', { cause });
  }
}

/** At most `MAX_VIOLATIONS`; the last entry states how many more exist. */
function toViolations(errors: readonly ErrorObject[], firstOnly: boolean): readonly Violation[] {
  if (firstOnly) {
    const note = { path: '', message: 'There are more violations than fit into memory. Only one is shown.' };
    return [...errors.slice(0, 1).map(violationOf), note];
  }
  if (errors.length <= MAX_VIOLATIONS) return errors.map(violationOf);
  const violations = errors.slice(0, MAX_VIOLATIONS - 1).map(violationOf);
  return [...violations, { path: '', message: `There are ${errors.length - violations.length} more violations.` }];
}

function violationOf({ instancePath, keyword, message = 'does not fit', params }: ErrorObject): Violation {
  const detail = detailOf(params as Readonly<Record<string, unknown>>);
  return { path: instancePath, message: `${message}${detail}`.slice(0, MAX_MESSAGE_LENGTH), keyword };
}

/** The property or values that ajv's message omits. */
function detailOf(params: Readonly<Record<string, unknown>>): string {
  const name = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof name === 'string') return `: ${JSON.stringify(name)}`;
  const values = params.allowedValues;
  return Array.isArray(values) ? `: ${values.map((value) => JSON.stringify(value)).join(', ')}` : '';
}
