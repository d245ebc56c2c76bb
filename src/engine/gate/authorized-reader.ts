import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { Cpu } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Body, ReadContext, ResourceInput, Resources, SchemaValidator } from '../../core/resource.ts';

/** Reads on behalf of a user. */
export interface AuthorizedReader {
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault SCHEMA_VIOLATION with the violations when the JSON text does not conform to the schema at that URI */
  validate(json: string | Uint8Array, schemaUri: string): Promise<void>;
}

export interface ReaderOptions extends Omit<ReadContext, 'authorize'> {
  /** Where schemas are checked. */
  readonly cpu: Cpu;
  /** Limit of the CPU time of such a check. */
  readonly timeoutMs?: number;
  /** The resource that schemas apply to. */
  readonly source?: CanonicalUri;
  /** The schema that the content must conform to. */
  readonly schema?: CanonicalUri;
  /** Called before each read and each redirect. @throws Fault FORBIDDEN, THROTTLED, APPROVAL_REQUIRED */
  authorize(request: { readonly uri?: CanonicalUri; readonly schema?: CanonicalUri }): void;
}

interface ReaderDeps {
  readonly resources: Resources;
  readonly schemas: SchemaValidator;
}

/** Reads resources and schemas under one policy: a schema is matched by the schema column, with the resource it applies to. */
export function createAuthorizedReader({ resources, schemas }: ReaderDeps, options: ReaderOptions): AuthorizedReader {
  const { source, schema, cpu, timeoutMs, authorize: authorizeRequest, ...context } = options;
  return {
    read: (from) =>
      resources.read(from, { ...context, authorize: (uri) => authorizeRequest({ uri, ...(schema && { schema }) }) }),
    async validate(json, schemaUri) {
      const authorize = (uri: CanonicalUri) => authorizeRequest({ ...(source && { uri: source }), schema: uri });
      const violations = await schemas.validate({
        json,
        schemaUri,
        read: (uri) => resources.read({ uri }, { ...context, authorize }),
        cpu,
        ...(timeoutMs !== undefined && { timeoutMs }),
        signal: context.signal,
      });
      const [first] = violations;
      if (!first) return;
      const name = resources.canonicalize(schemaUri).href;
      const message = `The data does not conform to ${name}: ${first.path || '/'} ${first.message}.`;
      throw new Fault('SCHEMA_VIOLATION', message, { violations });
    },
  };
}
