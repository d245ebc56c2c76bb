import type { Effect } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What documents may refer to: everything that a step can do on this server. */
export interface Catalog {
  command(name: string): CatalogEntry | undefined;
  query(name: string): CatalogEntry | undefined;
  tool(name: string): CatalogEntry | undefined;
  /** A kind with a dedicated input: `plan`, `codegen` … in lower case. */
  kind(name: string): CatalogEntry | undefined;
  backend(name: string): CatalogBackend | undefined;
  /** Topic to which steps of the pool are sent as jobs; undefined unless it is remote. */
  topicOf(pool: string): string | undefined;
  /** Names that exist, for messages that list them. */
  readonly names: {
    readonly commands: readonly string[];
    readonly queries: readonly string[];
    readonly tools: readonly string[];
    readonly backends: readonly string[];
    /** Of the kinds with a dedicated input. */
    readonly kinds: readonly string[];
    readonly pools: readonly string[];
  };
}

/** A way to reach agents. */
export interface CatalogBackend {
  /** JSON Schema 2020-12 of its configuration. Names are in camelCase; documents write them in snake_case. */
  readonly config: JsonObject;
  /** After a restart it resumes where it was, so it may be started again. */
  readonly resumes: boolean;
}

export interface CatalogEntry {
  readonly effect: Effect;
  /** The effect of a kind whose input determines it; strings may hold expressions. */
  effectOf?(input: JsonObject): Effect;
  readonly title: string;
  /** JSON Schema 2020-12 of an object; `x-signalbox: 'resource'` marks options that take a resource. */
  readonly options: JsonObject;
  /** JSON Schema of its output as expressions see it; absent when it is not known. */
  readonly output?: JsonObject;
  /** Media type of every output, if it is the same and not JSON: expressions see a reference to the content. */
  readonly mediaType?: string;
  /** Consists of other commands, as `pipeline` does; it cannot be a step. */
  readonly composite?: true;
  /** It may be interrupted and run again, although it has external effects. */
  readonly idempotent?: true;
}
