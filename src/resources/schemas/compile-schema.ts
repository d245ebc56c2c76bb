import { Ajv, MissingRefError, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { addStandardKeywords, linearRegExp } from '../../lib/json-schema/keywords.ts';
import { UnsupportedPatternError } from '../../lib/json-schema/linear-pattern.ts';
import { type Dialect, dialectOf, fault, MissingMetaschemaError } from './dialect.ts';
import { rewriteSchema } from './rewrite-schema.ts';
import { type SchemaDocument, shortenUri } from './validation-request.ts';

export type CompileResult = { readonly validate: ValidateFunction } | { readonly missing: string };

type AjvLike = Ajv | Ajv2019 | Ajv2020;

const AJV: Readonly<Record<Dialect['draft'], (options: Options) => AjvLike>> = {
  '//json-schema.org/draft-07/schema': (options) => new Ajv(options),
  '//json-schema.org/draft/2019-09/schema': (options) => new Ajv2019(options),
  '//json-schema.org/draft/2020-12/schema': (options) => new Ajv2020(options),
};

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
  try {
    const dialect = dialectOf(root.uri, schemaOf(root), documents);
    const ajv = createAjv(dialect, allErrors);
    for (const document of documents) {
      if (!dialect.metaschemas.includes(document.uri)) addDocument(ajv, document, dialect, documents);
    }
    const validate = ajv.getSchema(root.uri);
    if (!validate) throw fault(root.uri, 'cannot be compiled');
    return { validate };
  } catch (error) {
    if (error instanceof MissingMetaschemaError) return { missing: error.uri };
    if (!(error instanceof MissingRefError)) throw schemaFault(root.uri, error);
    const { missingSchema: missing, missingRef } = error;
    const isKnown = missing === '' || documents.some(({ uri }) => uri === missing);
    if (isKnown) throw fault(root.uri, `refers to ${missingRef.slice(0, 200)}, which does not exist`);
    return { missing };
  }
}

function addDocument(
  ajv: AjvLike,
  document: SchemaDocument,
  dialect: Dialect,
  documents: readonly SchemaDocument[],
): void {
  const { uri, base, text } = document;
  const schema = schemaOf(document);
  const own = dialectOf(uri, schema, documents, dialect);
  if (own.draft !== dialect.draft || own.metaschemas[0] !== dialect.metaschemas[0])
    throw fault(uri, 'has a different dialect than the schema that refers to it');
  withSchemaFaults(uri, () => ajv.addSchema(withId(rewriteSchema(schema, text, dialect.disabled), uri, base), uri));
}

function createAjv({ draft }: Dialect, allErrors: boolean): AjvLike {
  const ajv = AJV[draft]({
    allErrors,
    // Unknown keywords and formats are annotations, as the standard requires.
    strict: false,
    // A number that no double holds is a number.
    strictNumbers: false,
    logger: false,
    // Otherwise `constructor` would be a property of every object.
    ownProperties: true,
    code: { regExp: linearRegExp },
  });
  addStandardKeywords(ajv);
  return ajv;
}

function schemaOf({ uri, text }: SchemaDocument): Json {
  const schema = withSchemaFaults(uri, () => parseJson(text));
  if (!isJsonObject(schema) && typeof schema !== 'boolean') throw fault(uri, 'must be an object or a boolean');
  return schema;
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
