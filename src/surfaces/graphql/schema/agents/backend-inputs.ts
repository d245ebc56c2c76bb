import type { InputFieldMap } from '@pothos/core';
import type { TObject } from 'typebox';
import { BACKEND_CONFIGS } from '../../../../agents/registry.ts';
import { AGENT_BACKENDS } from '../../../../core/agent.ts';
import type { Json, JsonObject } from '../../../../lib/json.ts';
import { builder } from '../builder/builder.ts';

/** The parts of JSON Schema that configurations of backends consist of; see `Backend.config`. */
export interface ConfigSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly items?: ConfigSchema;
  readonly anyOf?: readonly ConfigSchema[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly properties?: Readonly<Record<string, ConfigSchema>>;
  readonly required?: readonly string[];
  readonly 'x-signalbox'?: string;
}

const SCALARS = { string: 'String', number: 'Float', integer: 'Int', boolean: 'Boolean' } as const;

type ConfigInputRef = ReturnType<typeof builder.inputRef<JsonObject>>;
type FieldType = (typeof SCALARS)[keyof typeof SCALARS] | 'URI' | 'JSON' | ConfigInputRef;

/** The field of `AgentBackendInput` for a backend: its name in camelCase. */
export function backendField(backend: string): string {
  return backend.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The backend of a field of `AgentBackendInput`. */
export function backendOfField(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The type of a property of a plugin's configuration: a scalar, a list of scalars, or JSON for anything else. */
export function pluginFieldType(schema: ConfigSchema): string {
  if (schema['x-signalbox'] === 'uri') return 'URI';
  if (schema.items) return `[${pluginFieldType(schema.items)}!]`;
  const values = schema.enum ?? schema.anyOf?.map((one) => one.const);
  if (values?.every((value) => typeof value === 'string')) return 'String';
  return SCALARS[schema.type as keyof typeof SCALARS] ?? 'JSON';
}

/** The input type of each backend's configuration, by title; nested configurations share them. */
const inputsByTitle = new Map<string, ConfigInputRef>();
for (const backend of AGENT_BACKENDS) {
  const title = titleOf(BACKEND_CONFIGS[backend]);
  inputsByTitle.set(title, builder.inputRef<JsonObject>(title));
}
for (const backend of AGENT_BACKENDS) implementInput(BACKEND_CONFIGS[backend]);

export const AgentBackendInput = builder.inputType('AgentBackendInput', {
  description: 'How an agent is reached. Exactly one of these.',
  isOneOf: true,
  fields: (t) =>
    Object.fromEntries(
      AGENT_BACKENDS.map((backend) => {
        const { title, description = '' } = BACKEND_CONFIGS[backend] as ConfigSchema;
        return [backendField(backend), t.field({ type: inputOf(title), description })];
      }),
    ),
});

function implementInput(config: ConfigSchema): void {
  const required = new Set(config.required);
  inputOf(config.title).implement({
    description: config.description ?? '',
    fields: (t) => {
      const fields: InputFieldMap = {};
      for (const [name, property] of Object.entries(config.properties ?? {})) {
        const { description = '', default: defaultValue } = property;
        const options = {
          description,
          required: required.has(name) && defaultValue === undefined,
          ...(defaultValue !== undefined && { defaultValue }),
        };
        const { items } = property;
        fields[name] = items
          ? t.field({ ...options, type: [fieldType(items)] } as never)
          : t.field({ ...options, type: fieldType(property) } as never);
      }
      return fields as never;
    },
  });
}

/** @throws Error for a schema that `Backend.config` does not allow */
function fieldType(schema: ConfigSchema): FieldType {
  if (schema['x-signalbox'] === 'uri') return 'URI';
  if (schema['x-signalbox'] === 'json') return 'JSON';
  if (schema.type === 'object') return inputOf(schema.title);
  if (schema.anyOf) return 'String';
  const scalar = SCALARS[schema.type as keyof typeof SCALARS];
  if (scalar) return scalar;
  throw new Error(`The configuration of an agent backend has a property of type ${schema.type}, which GraphQL lacks.`);
}

function inputOf(title: string | undefined): ConfigInputRef {
  const input = inputsByTitle.get(title ?? '');
  if (input) return input;
  throw new Error(`A configuration has the title ${title}; it must be that of the configuration of an agent backend.`);
}

function titleOf({ title }: TObject & { readonly title?: string }): string {
  if (title) return title;
  throw new Error('The configuration of an agent backend must have a title: the name of its input type.');
}
