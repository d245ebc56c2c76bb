import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { ResourceInput } from '../../surfaces/graphql/schema/resources/resource-input.ts';

export const UploadArtifactInput = builder.inputType('UploadArtifactInput', {
  description: 'Bytes to keep.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'A file name for them, without folders.' }),
    source: t.field({ type: ResourceInput, required: true, description: 'The bytes, or where to read them.' }),
  }),
});
