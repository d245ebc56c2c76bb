import type { AgentSpec } from '../../../../core/agent.ts';
import { Fault } from '../../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../../lib/json.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { AgentBackendInput, backendOfField } from './backend-inputs.ts';

export const AgentInput = builder.inputType('AgentInput', {
  description: 'An agent: its purpose, and how it is reached.',
  fields: (t) => ({
    id: t.string({ description: 'Your name for it.' }),
    role: t.string({ required: true, description: 'Its role, such as “Summarizer”.' }),
    goal: t.string({ required: true, description: 'Its task.' }),
    tools: t.stringList({
      description: 'Names of the tools that it may call: those in `catalog.tools`, and those of its MCP servers.',
    }),
    backend: t.field({ type: AgentBackendInput, required: true, description: 'How it is reached.' }),
    outputSchema: t.field({
      type: 'JSON',
      description:
        'JSON Schema of the answer, as an object. The answer is then JSON that fits, and is the output of the step; a model whose answer does not fit is asked once more.',
    }),
    memoryUri: t.field({
      type: 'URI',
      description:
        '`memory:NAME`, or a `file:` URI. It is read before the agent runs, and the answer is appended to it.',
    }),
  }),
});

/** The input `AgentInput` in the form of the engine; null counts as absent. @throws Fault BAD_INPUT */
export function toAgentSpec(input: unknown): AgentSpec {
  const { outputSchema: schema, ...present } = input as { readonly outputSchema?: unknown };
  const { backend, ...rest } = omitNulls(present) as { readonly backend: JsonObject } & Omit<
    AgentSpec,
    'backend' | 'config'
  >;
  const [field, config = {}] = Object.entries(backend)[0] ?? [];
  if (field === undefined || !isJsonObject(config)) {
    throw new Fault('BAD_INPUT', 'An agent must name exactly one backend, with its configuration.', {
      path: ['agent', 'backend'],
    });
  }
  // A null in a schema is a value.
  const outputSchema = schema == null ? undefined : requireJsonObject(schema as Json, ['agent', 'outputSchema']);
  return { ...rest, backend: backendOfField(field), config, ...(outputSchema && { outputSchema }) };
}

function omitNulls(value: unknown): Json {
  if (Array.isArray(value)) return value.map(omitNulls);
  if (!isJsonObject(value)) return value as Json;
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(present.map(([name, item]) => [name, omitNulls(item)]));
}
