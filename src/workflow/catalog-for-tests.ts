import type { JsonObject } from '../core/json.ts';
import type { Catalog, CatalogEntry } from './plan.ts';

const source: JsonObject = {
  'x-signalbox': 'resource',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { uri: { type: 'string' }, text: { type: 'object' } },
};

const entry = (
  properties: JsonObject,
  required: readonly string[],
  more: Partial<CatalogEntry> = {},
): CatalogEntry => ({
  effect: 'pure',
  title: 'A title',
  options: { type: 'object', properties, required },
  ...more,
});

const COMMANDS: ReadonlyMap<string, CatalogEntry> = new Map([
  ['fetch', entry({ source, schemaUri: { type: 'string' } }, ['source'])],
  [
    'convertToJson',
    entry(
      {
        source,
        schemaUri: { type: 'string' },
        mode: { type: 'string', enum: ['AUTO', 'CSV'], default: 'AUTO' },
        header: { type: 'boolean' },
      },
      ['source'],
    ),
  ],
  [
    'render',
    entry(
      { source, data: {}, template: { type: 'string' }, templateUri: { type: 'string' }, title: { type: 'string' } },
      [],
    ),
  ],
  ['send', entry({ to: { type: 'string' }, times: { type: 'integer', minimum: 1 } }, ['to'], { effect: 'external' })],
  ['pipeline', entry({ steps: { type: 'array' } }, ['steps'], { composite: true })],
]);

const QUERIES: ReadonlyMap<string, CatalogEntry> = new Map([
  ['resources', entry({ uri: { type: 'string' }, schemaUri: { type: 'string' } }, ['uri'])],
]);

/** A server with a few commands and one query, for tests of what documents may say. */
export const catalogForTests: Catalog = {
  command: (name) => COMMANDS.get(name),
  query: (name) => QUERIES.get(name),
  names: { commands: [...COMMANDS.keys()], queries: [...QUERIES.keys()] },
};
