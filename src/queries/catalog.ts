import { Type } from 'typebox';
import { defineQuery } from './define-query.ts';

export const catalog = defineQuery({
  name: 'catalog',
  title: 'Catalog',
  description: 'What this server can do: its commands, queries and protocols, with the options of each as JSON Schema.',
  options: Type.Object({}),
  async run(_options, ctx) {
    return { mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(ctx.catalog())) };
  },
});
