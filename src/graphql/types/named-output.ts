import type { Json } from '../../lib/json.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Resource } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { artifactOf } from '../artifact-of.ts';

export const NamedOutput = builder.objectRef<{ readonly name: string; readonly value: Json }>('NamedOutput').implement({
  description: 'One of the outputs that a workflow names.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the workflow.' }),
    value: t.expose('value', {
      type: 'JSON',
      nullable: true,
      description: 'What it came to: `{uri, media_type, size}` where it is a resource that is not JSON.',
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'The resource that it is. Null where it is a value.',
      extensions: { cost: 5 },
      resolve: ({ value }, _args, ctx) => artifactOf(value, ctx),
    }),
  }),
});
