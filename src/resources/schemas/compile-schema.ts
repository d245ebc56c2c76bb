import { Ajv, MissingRefError, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { type SchemaDocument, shortenUri } from './validation-request.ts';

export type CompileResult = { readonly validate: ValidateFunction } | { readonly missing: string };

type AjvLike = Ajv | Ajv2019 | Ajv2020;

/** By `$schema`, without scheme and empty fragment. A schema without `$schema` uses `DEFAULT_DIALECT`. */
const DIALECTS: ReadonlyMap<string, (options: Options) => AjvLike> = new Map([
  ['//json-schema.org/draft-07/schema', (options: Options) => new Ajv(options)],
  ['//json-schema.org/draft/2019-09/schema', (options: Options) => new Ajv2019(options)],
  ['//json-schema.org/draft/2020-12/schema', (options: Options) => new Ajv2020(options)],
]);
const DEFAULT_DIALECT = '//json-schema.org/draft/2020-12/schema';

/**
 * Compiles a schema with the documents that it refers to, or returns the URI of one that is missing.
 * @param documents the schema first
 * @throws Fault BAD_INPUT with the document and its problem
 */
export function compileSchema(
  documents: readonly SchemaDocument[],
  { allErrors }: { allErrors: boolean },
): CompileResult {
  const [root] = documents;
  if (!root) throw new TypeError('there is no schema');
  const parsed = documents.map((document) => ({ ...document, schema: schemaOf(document) }));
  const dialect = dialectOf(root.uri, parsed[0]?.schema);
  const ajv = createAjv(dialect, allErrors);
  for (const { uri, base, schema } of parsed) {
    if (dialectOf(uri, schema, dialect) !== dialect)
      throw fault(uri, 'has a different dialect than the schema that refers to it');
    withSchemaFaults(uri, () => ajv.addSchema(withId(schema, uri, base), uri));
  }
  try {
    const validate = ajv.getSchema(root.uri);
    if (!validate) throw fault(root.uri, 'cannot be compiled');
    return { validate };
  } catch (error) {
    if (!(error instanceof MissingRefError)) throw schemaFault(root.uri, error);
    const { missingSchema: missing, missingRef } = error;
    const isKnown = missing === '' || documents.some(({ uri }) => uri === missing);
    if (isKnown) throw fault(root.uri, `refers to ${missingRef.slice(0, 200)}, which does not exist`);
    return { missing };
  }
}

function createAjv(dialect: string, allErrors: boolean): AjvLike {
  const make = DIALECTS.get(dialect);
  if (!make) throw new TypeError(`no such dialect: ${dialect}`);
  const ajv = make({
    allErrors,
    // Unknown keywords and formats are annotations, as the standard requires.
    strict: false,
    logger: false,
    // Otherwise `constructor` would be a property of every object.
    ownProperties: true,
    code: { regExp: linearRegExp },
  });
  addFormats.default(ajv);
  // The one format whose regular expression takes quadratic time: 20,000 characters take 0.2 s.
  ajv.addFormat('url', (text) => /^(?:https?|ftp):\/\//i.test(text) && URL.canParse(text));
  return ajv;
}

/** ajv's hook for regular expressions: RE2 runs in time linear in the text, whatever the pattern is. */
const linearRegExp = Object.assign(
  (pattern: string) => {
    try {
      return RE2JS.compile(RE2JS.translateRegExp(pattern));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new UnsupportedPatternError(
        `uses the pattern ${JSON.stringify(pattern.slice(0, 100))}, which RE2 does not accept (${why.slice(0, 120)}). ` +
          'RE2 has no lookaround and no backreferences',
      );
    }
  },
  { code: 'linearRegExp' },
);

class UnsupportedPatternError extends Error {}

function schemaOf({ uri, text }: SchemaDocument): Json {
  const schema = withSchemaFaults(uri, () => parseJson(text));
  if (!isJsonObject(schema) && typeof schema !== 'boolean') throw fault(uri, 'must be an object or a boolean');
  return schema;
}

function dialectOf(uri: string, schema: Json | undefined, standard = DEFAULT_DIALECT): string {
  const declared = isJsonObject(schema) ? schema.$schema : undefined;
  if (declared === undefined) return standard;
  const dialect = typeof declared === 'string' ? declared.replace(/^https?:/, '').replace(/#$/, '') : '';
  if (DIALECTS.has(dialect)) return dialect;
  throw fault(
    uri,
    `has the unsupported $schema ${JSON.stringify(declared).slice(0, 200)}. Use draft-07, 2019-09 or 2020-12`,
  );
}

/** The schema with an absolute `$id` if it was found at a different URI than requested, and without `$schema`, which was checked. */
function withId(schema: Json, uri: string, base: string): object | boolean {
  if (!isJsonObject(schema)) return schema as boolean;
  const { $schema: _, $id, ...rest } = schema;
  const id = typeof $id === 'string' && !$id.startsWith('#') ? absolute($id, base) : base === uri ? undefined : base;
  return id === undefined ? { ...rest, ...($id !== undefined && { $id }) } : { ...rest, $id: id };
}

function absolute(reference: string, base: string): string {
  return URL.parse(reference, base)?.href ?? reference;
}

function withSchemaFaults<T>(uri: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw schemaFault(uri, error);
  }
}

function schemaFault(uri: string, error: unknown): Fault {
  if (error instanceof Fault) {
    return error.message.startsWith('The schema ')
      ? error
      : new Fault(error.code, `The schema ${shortenUri(uri)}: ${error.message}`);
  }
  if (error instanceof UnsupportedPatternError) return fault(uri, error.message);
  const why = error instanceof Error ? error.message : String(error);
  return fault(uri, `is not a valid JSON Schema: ${why.slice(0, 300)}`);
}

function fault(uri: string, what: string): Fault {
  return new Fault('BAD_INPUT', `The schema ${shortenUri(uri)} ${what}.`);
}
