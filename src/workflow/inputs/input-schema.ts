import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { Fault, type Violation } from '../../core/errors.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { BUILTIN_FUNCTIONS, RESERVED_WORDS, SCOPE_NAMES } from '../expressions/references.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';

const JSON_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
const INPUT_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** With them the work of a check is no longer bounded by the sizes of schema and value. */
const FORBIDDEN_KEYWORDS = [
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  '$defs',
  'uniqueItems',
];
/** Keywords whose members are names, not keywords. */
const NAME_MAP_KEYWORDS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
/** Keywords whose value is data. */
const DATA_KEYWORDS = new Set(['default', 'const', 'enum', 'examples']);

/** What a document takes, as one JSON Schema, and the check by it. */
export interface InputSchema {
  readonly schema: JsonObject;
  /** Names of the inputs, for expressions. */
  readonly names: ReadonlySet<string>;
  /** Inputs may have names that the schema does not tell. */
  readonly open: boolean;
  /** @throws Fault BAD_INPUT with violations; gives the inputs with defaults filled in */
  check(inputs: JsonObject): JsonObject;
}

/** Brings `inputs` of a document to one JSON Schema: from short forms, from a schema for each, or from one for all. */
export function readInputSchema(inputs: Json | undefined, problems: Problems): InputSchema {
  const given = isJsonObject(inputs) ? inputs : {};
  const schema = isObjectSchema(given) ? closedSchema(given) : schemaOf(given, problems);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const name of Object.keys(properties)) checkName(name, isObjectSchema(given), problems);
  let validate: ValidateFunction | undefined;
  const shape = checkKeywords(schema, problems);
  if (shape) {
    try {
      validate = compile(schema);
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
      problems.error(`inputs hold no valid JSON Schema: ${why}.`, ['inputs']);
    }
  }
  return {
    schema,
    names: new Set(Object.keys(properties)),
    open: schema.additionalProperties !== false,
    check: (values) => check(validate, schema, values),
  };
}

function isObjectSchema(given: JsonObject): boolean {
  return given.type === 'object' && isJsonObject(given.properties);
}

function closedSchema(given: JsonObject): JsonObject {
  return given.additionalProperties === undefined ? { ...given, additionalProperties: false } : given;
}

function schemaOf(given: JsonObject, problems: Problems): JsonObject {
  const properties = Object.entries(given).map(([name, one]) => [name, propertyOf(name, one, problems)] as const);
  const required = properties.filter(([, one]) => !Object.hasOwn(one, 'default')).map(([name]) => name);
  return { type: 'object', additionalProperties: false, required, properties: Object.fromEntries(properties) };
}

function propertyOf(name: string, one: Json, problems: Problems): JsonObject {
  if (isJsonObject(one)) return one;
  if (typeof one === 'string' && JSON_TYPES.includes(one)) return { type: one };
  const near = typeof one === 'string' ? didYouMean(one, JSON_TYPES) : '';
  problems.error(`Input ${name} must be one of ${JSON_TYPES.join(', ')}, or a JSON Schema.${near}`, ['inputs', name]);
  return {};
}

function checkName(name: string, whole: boolean, problems: Problems): void {
  const at: DocumentPath = whole ? ['inputs', 'properties', name] : ['inputs', name];
  if (!INPUT_NAME.test(name)) {
    const message = `Input ${JSON.stringify(name.slice(0, 64))} cannot be named in expressions: a letter, then letters, digits and _.`;
    problems.error(message, at, { key: 'key' });
  } else if (
    (SCOPE_NAMES as readonly string[]).includes(name) ||
    RESERVED_WORDS.has(name) ||
    BUILTIN_FUNCTIONS.has(name)
  ) {
    problems.error(`Input ${name} has a name that means something else in expressions. Call it otherwise.`, at, {
      key: 'key',
    });
  }
}

/** @returns false when there is a keyword that input schemas may not have */
function checkKeywords(schema: JsonObject, problems: Problems): boolean {
  let fine = true;
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isJsonObject(value)) return;
    for (const [keyword, inner] of Object.entries(value)) {
      if (FORBIDDEN_KEYWORDS.includes(keyword)) {
        fine = false;
        problems.error(`The schema of the inputs uses ${keyword}, which it may not. Write the schema out.`, ['inputs']);
      }
      if (DATA_KEYWORDS.has(keyword)) continue;
      if (NAME_MAP_KEYWORDS.has(keyword) && isJsonObject(inner)) Object.values(inner).forEach(visit);
      else visit(inner);
    }
  };
  visit(schema);
  return fine;
}

let ajv: Ajv2020 | undefined;

function compile(schema: JsonObject): ValidateFunction {
  ajv ??= createAjv();
  try {
    return ajv.compile(schema);
  } finally {
    // Or it would keep every schema that there ever was.
    ajv.removeSchema(schema);
  }
}

function createAjv(): Ajv2020 {
  // Nobody vouches for these schemas: patterns are run by an engine that takes time linear in the text.
  const regExp = Object.assign((pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern)), { code: 'linear' });
  const options = { allErrors: true, useDefaults: true, strict: false, logger: false as const, ownProperties: true };
  const made = new Ajv2020({ ...options, code: { regExp } });
  addFormats.default(made);
  // Its own takes quadratic time.
  made.addFormat('url', (text) => URL.canParse(text));
  return made;
}

function check(validate: ValidateFunction | undefined, schema: JsonObject, values: JsonObject): JsonObject {
  const filled = structuredClone(values) as JsonObject;
  if (validate === undefined || validate(filled)) return filled;
  const violations = (validate.errors ?? [])
    .slice(0, 100)
    .map(({ instancePath, keyword, message, params }): Violation => {
      const { additionalProperty, missingProperty } = params as Readonly<Record<string, unknown>>;
      const name = additionalProperty ?? missingProperty;
      if (typeof name !== 'string') return { path: instancePath, message: message ?? 'does not fit', keyword };
      const known = Object.keys(isJsonObject(schema.properties) ? schema.properties : {});
      const unknown = `is no input of this workflow.${didYouMean(name, known)}`;
      const path = `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return { path, message: keyword === 'required' ? 'must be given' : unknown, keyword };
    });
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  throw new Fault('BAD_INPUT', `Inputs: ${first?.path || '/'} ${first?.message}${more}.`, { violations });
}
