import type { Effect } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What documents may name: everything that a step can do on this server. */
export interface Catalog {
  command(name: string): CatalogEntry | undefined;
  query(name: string): CatalogEntry | undefined;
  tool(name: string): CatalogEntry | undefined;
  /** A kind that has an input of its own: `plan`, `codegen` … in lower case. */
  kind(name: string): CatalogEntry | undefined;
  backend(name: string): CatalogBackend | undefined;
  /** Names that exist, for messages that tell which there are. */
  readonly names: {
    readonly commands: readonly string[];
    readonly queries: readonly string[];
    readonly tools: readonly string[];
    readonly backends: readonly string[];
    readonly pools: readonly string[];
  };
}

/** A way to reach agents. */
export interface CatalogBackend {
  /** JSON Schema 2020-12 of its configuration, names in camelCase; documents write them in snake_case. */
  readonly config: JsonObject;
  /** After a restart it goes on where it was: it may be begun again. */
  readonly resumes: boolean;
}

export interface CatalogEntry {
  readonly effect: Effect;
  readonly title: string;
  /** JSON Schema 2020-12 of an object; `x-signalbox: 'resource'` marks options that take a resource. */
  readonly options: JsonObject;
  /** Made of others, as `pipeline` is; such a command is no step. */
  readonly composite?: true;
  /** It may be cut off and done again, although it acts on the world. */
  readonly idempotent?: true;
}
