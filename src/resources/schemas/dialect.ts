import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { type SchemaDocument, shortenUri } from './validation-request.ts';

/** What the keywords of a schema mean. */
export interface Dialect {
  readonly draft: (typeof DRAFTS)[number];
  /** Keywords of vocabularies that its metaschema does not include: annotations. */
  readonly disabled: ReadonlySet<string>;
  /** The URIs of the metaschema and of those that it is written in; empty for a draft. */
  readonly metaschemas: readonly string[];
}

/** A metaschema that must be read first. */
export class MissingMetaschemaError extends Error {
  readonly uri: string;
  constructor(uri: string) {
    super(uri);
    this.uri = uri;
  }
}

/** Without scheme and empty fragment. */
const DRAFTS = [
  '//json-schema.org/draft-07/schema',
  '//json-schema.org/draft/2019-09/schema',
  '//json-schema.org/draft/2020-12/schema',
] as const;

/** Of a schema without `$schema`. */
const DEFAULT_DIALECT: Dialect = { draft: DRAFTS[2], disabled: new Set(), metaschemas: [] };

/** By the end of the vocabulary's URI. The others assert nothing. */
const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  applicator: [
    ...['prefixItems', 'items', 'additionalItems', 'contains', 'properties', 'patternProperties', 'propertyNames'],
    ...['additionalProperties', 'dependentSchemas', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'not'],
  ],
  unevaluated: ['unevaluatedItems', 'unevaluatedProperties'],
  validation: [
    ...['type', 'const', 'enum', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
    ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxContains', 'minContains'],
    ...['maxProperties', 'minProperties', 'required', 'dependentRequired'],
  ],
};
const KNOWN_VOCABULARY = /^https:\/\/json-schema\.org\/draft\/20(?:19-09|20-12)\/vocab\/([\w-]+)$/;

/**
 * The dialect that `$schema` names: a draft, or a metaschema among the documents, whose `$vocabulary` counts (2020-12 core,
 * section 8.1.2).
 * @param standard for a schema that names none
 * @throws MissingMetaschemaError, Fault BAD_INPUT for a dialect that is not supported
 */
export function dialectOf(
  uri: string,
  schema: Json,
  documents: readonly SchemaDocument[],
  standard: Dialect = DEFAULT_DIALECT,
): Dialect {
  const declared = isJsonObject(schema) ? schema.$schema : undefined;
  if (declared === undefined) return standard;
  const name = typeof declared === 'string' ? declared.replace(/#$/, '') : '';
  const draft = DRAFTS.find((one) => one === name.replace(/^https?:/, ''));
  if (draft) return { draft, disabled: new Set(), metaschemas: [] };
  const isSupported = URL.canParse(name) && !/^https?:\/\/json-schema\.org\//.test(name) && name !== uri;
  if (!isSupported) {
    const written = JSON.stringify(declared).slice(0, 200);
    throw fault(
      uri,
      `has the unsupported $schema ${written}. Use draft-07, 2019-09 or 2020-12, or a metaschema of yours`,
    );
  }
  const document = documents.find((one) => one.uri === name);
  if (!document) throw new MissingMetaschemaError(name);
  const metaschema = parseJson(document.text);
  if (!isJsonObject(metaschema)) throw fault(name, 'is used as a metaschema and must be an object');
  const others = documents.filter((one) => one !== document);
  const { draft: base, disabled, metaschemas } = dialectOf(name, metaschema, others);
  return {
    draft: base,
    disabled: disabled.union(keywordsWithout(name, metaschema)),
    metaschemas: [name, ...metaschemas],
  };
}

function keywordsWithout(uri: string, { $vocabulary }: JsonObject): ReadonlySet<string> {
  if (!isJsonObject($vocabulary)) return new Set();
  const included = new Set<string>();
  for (const [vocabulary, required] of Object.entries($vocabulary)) {
    const name = KNOWN_VOCABULARY.exec(vocabulary)?.[1];
    if (name !== undefined) included.add(name);
    else if (required === true)
      throw fault(uri, `requires the vocabulary ${shortenUri(vocabulary)}, which is not supported`);
  }
  const missing = Object.entries(VOCABULARIES).filter(([name]) => !included.has(name));
  return new Set(missing.flatMap(([, keywords]) => keywords));
}

/** @param what completes “The schema …” */
export function fault(uri: string, what: string): Fault {
  return new Fault('BAD_INPUT', `The schema ${shortenUri(uri)} ${what}.`);
}
