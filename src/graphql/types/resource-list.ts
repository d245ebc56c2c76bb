import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Resource } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { within } from '../page-args.ts';
import { readResources } from '../read-resources.ts';

const MAX_URIS = 20;

builder.queryField('resources', (t) =>
  t.field({
    type: [Resource],
    nullable: { list: false, items: true },
    description:
      'Read resources now, without a run. One that cannot be read is null in the list and an error with its index in `path`; the others are not affected. Each may have 8 MiB.',
    extensions: { cost: 50 },
    args: {
      uris: t.arg({ type: ['URI'], required: true, description: `What to read; at most ${MAX_URIS}.` }),
      schemaUri: t.arg({
        type: 'URI',
        description: 'JSON Schema that each of them must fit, or it is an error SCHEMA_VIOLATION.',
      }),
    },
    resolve: async (_, { uris, schemaUri }, ctx) => {
      within('uris', uris.length, 1, MAX_URIS);
      // graphql takes an Error in a list for the failure of that item.
      return (await readResources(uris, schemaUri ?? undefined, ctx)) as never;
    },
  }),
);
