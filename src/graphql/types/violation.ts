import type { Violation as Misfit } from '../../core/errors.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Violation = builder.objectRef<Misfit>('Violation').implement({
  description: 'One place where the input or the data does not fit.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'JSON Pointer (RFC 6901) to the place; empty text means the whole.',
    }),
    message: t.exposeString('message', { description: 'What is expected there.' }),
    keyword: t.exposeString('keyword', {
      nullable: true,
      description: 'The JSON Schema keyword that failed, for example `required`.',
    }),
  }),
});
