import type { AnyBackend } from '../../../../agents/define-backend.ts';
import { AGENT_BACKENDS, type AgentBackend as Backend } from '../../../../core/agent.ts';
import type { ProtocolInfo } from '../../../../core/resource.ts';
import type { GraphqlApp } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { STEP_KINDS, StepKind } from '../steps/step-kind.ts';
import { Capability, commandCapability, plainSchema, queryCapabilities, toolCapability } from './capabilities.ts';

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

type Kind = keyof typeof STEP_KINDS;

export const StepKindInfo = builder.objectRef<Kind>('StepKindInfo').implement({
  description: 'One kind of step that a run may have.',
  fields: (t) => ({
    kind: t.field({ type: StepKind, description: 'The kind.', resolve: (kind) => kind }),
    description: t.string({
      description: 'What a step of this kind does.',
      resolve: (kind) => STEP_KINDS[kind].description,
    }),
  }),
});

const BACKEND_DESCRIPTIONS: Record<Backend, string> = {
  mcp: 'A tool of an MCP server, over stdio, streamable HTTP or SSE.',
  litellm: 'A language model behind any endpoint that speaks OpenAI’s chat completions, such as LiteLLM.',
  bash_cli: 'A shell command in the sandbox.',
  http_api: 'One HTTP request.',
  websocket: 'A conversation over a WebSocket.',
};

export const AgentBackend = builder.enumType('AgentBackend', {
  description: 'How an agent is reached.',
  values: Object.fromEntries(
    AGENT_BACKENDS.map((value) => [value.toUpperCase(), { value, description: BACKEND_DESCRIPTIONS[value] }]),
  ) as Record<Uppercase<Backend>, { value: Backend; description: string }>,
});

export const AgentBackendInfo = builder.objectRef<AnyBackend>('AgentBackendInfo').implement({
  description: 'A way to reach agents.',
  fields: (t) => ({
    name: t.expose('name', { type: AgentBackend, description: 'What it is called.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    config: t.field({
      type: 'JSON',
      description: 'JSON Schema (2020-12) of its configuration. Documents write the names in snake_case.',
      resolve: ({ config }) => plainSchema(config),
    }),
  }),
});

export const Catalog = builder.objectRef<GraphqlApp>('Catalog').implement({
  description: 'What this server can do.',
  fields: (t) => ({
    commands: t.field({
      type: [Capability],
      description: 'The commands, built in and from plugins. Each is a mutation too.',
      resolve: ({ commands }) => commands.map(commandCapability),
    }),
    queries: t.field({
      type: [Capability],
      description: 'The reads that the policy has rules for by their names.',
      resolve: () => [...queryCapabilities],
    }),
    tools: t.field({
      type: [Capability],
      description: 'What agents and steps of kind `tool` may call; also served over MCP.',
      resolve: ({ tools }) => tools.map(toolCapability),
    }),
    protocols: t.field({
      type: [Protocol],
      description: 'The kinds of URI that it reads.',
      resolve: ({ resources }) => [...resources.protocols],
    }),
    agentBackends: t.field({
      type: [AgentBackendInfo],
      description: 'The ways to reach agents.',
      resolve: ({ backends }) => [...backends],
    }),
    stepKinds: t.field({
      type: [StepKindInfo],
      description: 'The kinds of steps that a run may have.',
      resolve: () => Object.keys(STEP_KINDS) as (keyof typeof STEP_KINDS)[],
    }),
  }),
});

builder.queryField('catalog', (t) =>
  t.field({
    type: Catalog,
    description: 'What this server can do: commands, queries, tools, agents, protocols. Open to everybody.',
    resolve: (_, _args, { app }) => app,
  }),
);
