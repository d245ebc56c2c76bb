import {
  type DefinitionNode,
  type EnumTypeExtensionNode,
  extendSchema,
  type GraphQLSchema,
  Kind,
  parseConstValue,
  parseType,
} from 'graphql';
import type { AnyBackend } from '../../../agents/define-backend.ts';
import { AGENT_BACKENDS } from '../../../core/agent.ts';
import { STEP_KINDS } from '../../../core/run.ts';
import type { AnyStepKind } from '../../../step-kinds/define-step-kind.ts';
import { backendField, type ConfigSchema, pluginFieldType } from './agents/backend-inputs.ts';
import { toPascalCase } from './commands/input-from-options.ts';

/** What a server has besides its commands, built in and from plugins. */
export interface PluginTypes {
  readonly kinds: readonly AnyStepKind[];
  readonly backends: readonly AnyBackend[];
}

const BUILT_IN: ReadonlySet<string> = new Set([...STEP_KINDS, ...AGENT_BACKENDS]);

/**
 * The schema with the kinds and backends of plugins: their values of `StepKind` and `AgentBackend`, and one input type for
 * the configuration of each backend. @throws Error when the name of an input type is taken
 */
export function withPluginTypes(schema: GraphQLSchema, types: PluginTypes): GraphQLSchema {
  const kinds = types.kinds.filter(({ kind }) => !BUILT_IN.has(kind));
  const backends = types.backends.filter(({ name }) => !BUILT_IN.has(name));
  if (kinds.length === 0 && backends.length === 0) return schema;
  const definitions: DefinitionNode[] = [
    enumExtension(
      'StepKind',
      kinds.map(({ kind, description }) => [kind, description] as const),
    ),
    enumExtension(
      'AgentBackend',
      backends.map(({ name, description }) => [name.toUpperCase(), description] as const),
    ),
    {
      kind: Kind.INPUT_OBJECT_TYPE_EXTENSION,
      name: nameNode('AgentBackendInput'),
      fields: backends.map(({ name, description }) => ({
        kind: Kind.INPUT_VALUE_DEFINITION,
        name: nameNode(backendField(name)),
        description: textNode(description),
        type: parseType(inputName(name)),
      })),
    },
    ...backends.map((backend) => configInput(backend, schema)),
  ];
  return extendSchema(schema, { kind: Kind.DOCUMENT, definitions });
}

function configInput({ name, description, config }: AnyBackend, schema: GraphQLSchema): DefinitionNode {
  const input = inputName(name);
  if (schema.getType(input)) throw new Error(`The backend ${name} cannot have the input type ${input}: it exists.`);
  const { properties = {}, required = [] } = config as ConfigSchema;
  return {
    kind: Kind.INPUT_OBJECT_TYPE_DEFINITION,
    name: nameNode(input),
    description: textNode(description),
    fields: Object.entries(properties).map(([key, property]) => {
      const isRequired = required.includes(key) && property.default === undefined;
      return {
        kind: Kind.INPUT_VALUE_DEFINITION,
        name: nameNode(key),
        description: textNode(property.description ?? ''),
        type: parseType(`${pluginFieldType(property)}${isRequired ? '!' : ''}`),
        ...(isPlain(property.default) && { defaultValue: parseConstValue(JSON.stringify(property.default)) }),
      };
    }),
  };
}

/** Other defaults are filled in by the schema of the backend. */
function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** `word_count` → `WordCountBackendInput`. */
function inputName(backend: string): string {
  return `${toPascalCase(backendField(backend))}BackendInput`;
}

function enumExtension(name: string, values: readonly (readonly [string, string])[]): EnumTypeExtensionNode {
  return {
    kind: Kind.ENUM_TYPE_EXTENSION,
    name: nameNode(name),
    values: values.map(([value, description]) => ({
      kind: Kind.ENUM_VALUE_DEFINITION,
      name: nameNode(value),
      description: textNode(description),
    })),
  };
}

function nameNode(value: string) {
  return { kind: Kind.NAME, value } as const;
}

function textNode(value: string) {
  return { kind: Kind.STRING, value } as const;
}
