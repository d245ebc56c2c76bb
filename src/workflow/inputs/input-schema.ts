import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { Fault, type Violation } from '../../core/errors.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { addStandardKeywords, linearRegExp } from '../../lib/json-schema/keywords.ts';
import { BUILTIN_FUNCTIONS, RESERVED_WORDS, SCOPE_NAMES } from '../expressions/references.ts';
import type { DocumentPath, Problems } from '../model/problems.ts';

const JSON_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
const INPUT_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** With these the cost of validation would no longer be bounded by the sizes of schema and value. */
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
/** Keywords whose members are names of properties, not keywords. */
const NAME_MAP_KEYWORDS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
/** Keywords whose value is data. */
const DATA_KEYWORDS = new Set(['default', 'const', 'enum', 'examples']);

/** The inputs of a document as one JSON Schema, and their validation. */
export interface InputSchema {
  readonly schema: JsonObject;
  /** Names of the inputs, for expressions. */
  readonly names: ReadonlySet<string>;
  /** Inputs may have names that the schema does not declare. */
  readonly open: boolean;
  /** @returns the inputs with defaults filled in @throws Fault BAD_INPUT with violations */
  check(inputs: JsonObject): JsonObject;
}

/** Converts `inputs` of a document to one JSON Schema: from short forms, a schema for each, or one for all. */
export function readInputSchema(inputs: Json | undefined, problems: Problems): InputSchema {
  const declared = isJsonObject(inputs) ? inputs : {};
  const schema = isObjectSchema(declared) ? closedSchema(declared) : schemaOf(declared, problems);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const name of Object.keys(properties)) checkName(name, isObjectSchema(declared), problems);
  let validate: ValidateFunction | undefined;
  const allowed = checkKeywords(schema, problems);
  if (allowed) {
    try {
      validate = compile(schema);
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
      problems.error(`inputs is not a valid JSON Schema: ${why}.`, ['inputs']);
    }
  }
  return {
    schema,
    names: new Set(Object.keys(properties)),
    open: schema.additionalProperties !== false,
    check: (values) => check(validate, schema, values),
  };
}

function isObjectSchema(declared: JsonObject): boolean {
  return declared.type === 'object' && isJsonObject(declared.properties);
}

function closedSchema(schema: JsonObject): JsonObject {
  return schema.additionalProperties === undefined ? { ...schema, additionalProperties: false } : schema;
}

function schemaOf(declared: JsonObject, problems: Problems): JsonObject {
  const properties = Object.entries(declared).map(([name, one]) => [name, propertyOf(name, one, problems)] as const);
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
    const message = `Input ${JSON.stringify(name.slice(0, 64))} cannot be used in expressions. Begin its name with a letter, and use only letters, digits and _.`;
    problems.error(message, at, { key: 'key' });
  } else if (
    (SCOPE_NAMES as readonly string[]).includes(name) ||
    RESERVED_WORDS.has(name) ||
    BUILTIN_FUNCTIONS.has(name)
  ) {
    problems.error(`Input ${name} has a name that is reserved in expressions. Choose another name.`, at, {
      key: 'key',
    });
  }
}

/** @returns false when the schema uses a forbidden keyword */
function checkKeywords(schema: JsonObject, problems: Problems): boolean {
  let allowed = true;
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isJsonObject(value)) return;
    for (const [keyword, inner] of Object.entries(value)) {
      if (FORBIDDEN_KEYWORDS.includes(keyword)) {
        allowed = false;
        problems.error(`The schema of the inputs uses ${keyword}, which is not allowed. Write the schema without it.`, [
          'inputs',
        ]);
      }
      if (DATA_KEYWORDS.has(keyword)) continue;
      if (NAME_MAP_KEYWORDS.has(keyword) && isJsonObject(inner)) Object.values(inner).forEach(visit);
      else visit(inner);
    }
  };
  visit(schema);
  return allowed;
}

let ajv: Ajv2020 | undefined;

function compile(schema: JsonObject): ValidateFunction {
  ajv ??= createAjv();
  try {
    return ajv.compile(schema);
  } finally {
    // Otherwise it would keep every schema for ever.
    ajv.removeSchema(schema);
  }
}

function createAjv(): Ajv2020 {
  const options = { allErrors: true, useDefaults: true, strict: false, logger: false as const, ownProperties: true };
  const instance = new Ajv2020({ ...options, code: { regExp: linearRegExp } });
  addStandardKeywords(instance);
  return instance;
}

function check(validate: ValidateFunction | undefined, schema: JsonObject, values: JsonObject): JsonObject {
  const filled = structuredClone(values) as JsonObject;
  if (validate === undefined || validate(filled)) return filled;
  const violations = (validate.errors ?? [])
    .slice(0, 100)
    .map(({ instancePath, keyword, message, params }): Violation => {
      const { additionalProperty, missingProperty } = params as Readonly<Record<string, unknown>>;
      const name = additionalProperty ?? missingProperty;
      if (typeof name !== 'string') return { path: instancePath, message: message ?? 'is invalid', keyword };
      const names = Object.keys(isJsonObject(schema.properties) ? schema.properties : {});
      const unknown = `is not an input of this workflow.${didYouMean(name, names)}`;
      const path = `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return { path, message: keyword === 'required' ? 'must be given' : unknown, keyword };
    });
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  throw new Fault('BAD_INPUT', `Inputs: ${first?.path || '/'} ${first?.message}${more}.`, { violations });
}
