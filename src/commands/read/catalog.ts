import { Type } from 'typebox';
import type { JsonObject } from '../../lib/json.ts';
import { defineQuery } from './define-query.ts';

/** What the server can do. @param describe gives it as JSON */
export function catalog(describe: () => JsonObject) {
  return defineQuery({
    name: 'catalog',
    title: 'See the catalog',
    description:
      'What this server can do, as JSON: commands, queries, tools, protocols, agent backends and kinds of steps, with the ' +
      'schemas of their options.',
    options: Type.Object({}),
    run: async () => ({ mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(describe())) }),
  });
}
