import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-codegen/client-preset';

/** The client preset without its `gql()` lookup table: that holds every document twice, and nothing here asks for it. */
const documentsOnly: typeof preset = {
  ...preset,
  buildGeneratesSection: async (options) =>
    (await preset.buildGeneratesSection(options)).filter(({ filename }) => filename.endsWith('/graphql.ts')),
};

/** `npm run codegen`: schema.graphql and the documents of the client → typed documents. Needs no network. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'clients/sdk/documents.graphql',
  importExtension: '.ts',
  generates: {
    'clients/sdk/src/generated/': {
      preset: documentsOnly,
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: {
        // Text needs no GraphQL parser in the client.
        documentMode: 'string',
        useTypeImports: true,
        immutableTypes: true,
        enumType: 'string-literal',
        // A scalar that is missing here is an error, not `any`.
        strictScalars: true,
        scalars: {
          ID: 'string',
          Base64: 'string',
          Cursor: 'string',
          DateTime: 'string',
          JSON: 'unknown',
          MediaType: 'string',
          SafeInt: 'number',
          Sha256: 'string',
          URI: 'string',
        },
      },
    },
  },
};

export default config;
