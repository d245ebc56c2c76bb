import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-codegen/client-preset';

type CodegenPlugin = Awaited<ReturnType<typeof preset.buildGeneratesSection>>[number]['pluginMap'][string];

/**
 * Documents without the white space of their layout, which is a third of what a browser loads; they contain no strings. The comment lets a
 * bundler leave out those that a program does not use.
 */
function compactDocuments(content: string): string {
  return content.replaceAll(/new TypedDocumentString\((`[^`]*`)/g, (_, text: string) => {
    const compact = text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([`{}():,!]|\.\.\.) ?/g, '$1');
    return `/* @__PURE__ */ new TypedDocumentString(${compact}`;
  });
}

function compacted(plugin: CodegenPlugin): CodegenPlugin {
  return {
    ...plugin,
    plugin: async (...args) => {
      const output = await plugin.plugin(...args);
      if (typeof output === 'string') return compactDocuments(output);
      return { ...output, content: compactDocuments(output.content) };
    },
  };
}

/** Names of the mutations that run a command. Each has one argument, `input`, of the type with its name. */
const commandNames: CodegenPlugin = {
  plugin(schema) {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
    const names = fields.filter(({ type }) => String(type) === 'CommandResult!').map(({ name }) => name);
    const inputs = names.map((name) => `  ${name}: ${name[0]?.toUpperCase()}${name.slice(1)}Input;`);
    return [
      `export const COMMANDS = ${JSON.stringify(names)} as const;`,
      '/** Input of each command. */',
      `export interface CommandInputs {\n${inputs.join('\n')}\n}`,
    ].join('\n');
  },
};

/** The client preset without its `gql()` lookup table: that holds every document twice, and nothing here asks for it. */
const documentsOnly = (extra: Readonly<Record<string, CodegenPlugin>>): typeof preset => ({
  ...preset,
  buildGeneratesSection: async (options) =>
    (await preset.buildGeneratesSection(options))
      .filter(({ filename }) => filename.endsWith('/graphql.ts'))
      .map((section) => ({
        ...section,
        pluginMap: {
          ...Object.fromEntries(Object.entries(section.pluginMap).map(([name, plugin]) => [name, compacted(plugin)])),
          ...extra,
        },
        plugins: [...section.plugins, ...Object.keys(extra).map((name) => ({ [name]: {} }))],
      })),
});

const output = (documents: string, extra: Readonly<Record<string, CodegenPlugin>> = {}) => ({
  documents,
  preset: documentsOnly(extra),
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
});

/** `npm run codegen`: schema.graphql and the documents of the clients → typed documents. Needs no network. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  importExtension: '.ts',
  generates: {
    'clients/sdk/src/generated/': output('clients/sdk/documents.graphql', { commandNames }),
    'clients/cli/src/generated/': output('clients/cli/documents.graphql'),
    'clients/dashboard/src/api/generated/': output('clients/dashboard/src/**/*.graphql'),
  },
};

export default config;
