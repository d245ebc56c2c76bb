import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Body, ReadContext, ResourceInput, Resources } from '../../core/resource.ts';
import type { SchemaValidator } from '../../core/schema-validator.ts';

/** Reads on somebody's behalf. */
export interface AuthorizedReader {
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault SCHEMA_VIOLATION with the violations when the JSON text does not fit the schema at that URI */
  validate(json: string | Uint8Array, schemaUri: string): Promise<void>;
}

export interface ReaderOptions extends Omit<ReadContext, 'authorize'> {
  /** The resource that schemas are for. */
  readonly source?: CanonicalUri;
  /** The schema that what is read has to fit. */
  readonly schema?: CanonicalUri;
  /** Asked before each read and each redirect. @throws Fault FORBIDDEN and its kin */
  pass(ask: { readonly uri?: CanonicalUri; readonly schema?: CanonicalUri }): void;
}

interface ReaderDeps {
  readonly resources: Resources;
  readonly schemas: SchemaValidator;
}

/** Resources and schemas under one set of terms: a schema is judged by the schema column, beside the resource it is for. */
export function createAuthorizedReader({ resources, schemas }: ReaderDeps, terms: ReaderOptions): AuthorizedReader {
  const { source, schema, pass, ...context } = terms;
  return {
    read: (from) => resources.read(from, { ...context, authorize: (uri) => pass({ uri, ...(schema && { schema }) }) }),
    async validate(json, schemaUri) {
      const authorize = (found: CanonicalUri) => pass({ ...(source && { uri: source }), schema: found });
      const violations = await schemas.validate({
        json,
        schemaUri,
        read: (uri) => resources.read({ uri }, { ...context, authorize }),
        signal: context.signal,
      });
      const [first] = violations;
      if (!first) return;
      const name = resources.canonicalize(schemaUri).href;
      const message = `The data does not fit ${name}: ${first.path || '/'} ${first.message}.`;
      throw new Fault('SCHEMA_VIOLATION', message, { violations });
    },
  };
}
