import type { CodegenConfig } from '@graphql-codegen/cli';

/** `npm run codegen`: schema.graphql and documents.graphql → types and methods of Python. Needs no network. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'clients/python/documents.graphql',
  // Arguments of methods keep the order of the schema.
  config: { sort: false },
  generates: {
    'clients/python/signalbox/generated/operations.py': {
      plugins: ['./clients/python/plugin.ts'],
      config: {
        // A scalar that is missing here is an error.
        scalars: {
          Base64: 'str',
          Boolean: 'bool',
          Cursor: 'str',
          DateTime: 'str',
          Float: 'float',
          ID: 'str',
          Int: 'int',
          JSON: 'Any',
          MediaType: 'str',
          SafeInt: 'int',
          Sha256: 'str',
          String: 'str',
          URI: 'str',
        },
      },
    },
  },
};

export default config;
