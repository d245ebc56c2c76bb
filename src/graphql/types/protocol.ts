import type { ProtocolInfo } from '../../core/resource.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Protocol = builder.objectRef<ProtocolInfo>('Protocol').implement({
  description: 'One kind of URI that this server reads.',
  fields: (t) => ({
    scheme: t.exposeString('scheme', {
      description: 'What such a URI begins with, without the colon: `https`, `data`.',
    }),
    description: t.exposeString('description', { description: 'What it reads, and from where.' }),
    limits: t.field({
      type: 'JSON',
      description: 'An object of numbers, each named with its unit: `{"maxBytes": 52428800}`.',
      resolve: ({ limits }) => limits,
    }),
  }),
});
