import type { Static, TObject } from 'typebox';
import type { Body, ResourceInput } from '../../core/resource.ts';

/** What a query may use. It reads, and leaves nothing behind. */
export interface QueryContext {
  readonly signal: AbortSignal;
  /** Reads under the caller's policy; every redirect hop is asked about too. */
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault SCHEMA_VIOLATION with the violations when the JSON text does not fit the schema at that URI. */
  validate(json: string | Uint8Array, schemaUri: string): Promise<void>;
}

/** What a query found. */
interface QueryResult {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A named read. It changes nothing, so there is no run and nothing in the journal. */
export interface Query<Options extends TObject = TObject> {
  /** camelCase; the GraphQL field and the policy action `query:NAME`. */
  readonly name: string;
  readonly title: string;
  /** Full sentences; shown in the catalog. */
  readonly description: string;
  /** TypeBox schema with a description on every property. */
  readonly options: Options;
  run(options: Static<Options>, ctx: QueryContext): Promise<QueryResult>;
}

/** Checks nothing and changes nothing: it carries the option types into `run`. */
export function defineQuery<Options extends TObject>(query: Query<Options>): Query<Options> {
  return query;
}
