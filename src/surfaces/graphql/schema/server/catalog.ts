import type { AnyBackend } from '../../../../agents/define-backend.ts';
import { BACKEND_CONFIGS } from '../../../../agents/registry.ts';
import { AGENT_BACKENDS } from '../../../../core/agent.ts';
import type { ProtocolInfo } from '../../../../core/resource.ts';
import type { GraphqlApp } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { StepKind } from '../steps/step-kind.ts';
import {
  Capability,
  commandCapability,
  plainSchema,
  queryCapabilities,
  type StepKindView,
  stepKindViews,
  toolCapability,
} from './capabilities.ts';
import { EXAMPLES, Example } from './example.ts';

const Protocol = builder.objectRef<ProtocolInfo>('Protocol').implement({
  description: 'A kind of URI that this server reads.',
  fields: (t) => ({
    scheme: t.exposeString('scheme', {
      description: 'Its scheme, without the colon: `https`, `data`.',
    }),
    description: t.exposeString('description', { description: 'What it reads.' }),
    limits: t.field({
      type: 'JSON',
      description: 'Its limits: an object of numbers, each named with its unit, such as `{"maxBytes": 52428800}`.',
      resolve: ({ limits }) => limits,
    }),
  }),
});

const StepKindInfo = builder.objectRef<StepKindView>('StepKindInfo').implement({
  description: 'A kind of step that a run may have.',
  fields: (t) => ({
    kind: t.expose('kind', { type: StepKind, description: 'The kind.' }),
    description: t.exposeString('description', { description: 'What steps of this kind do.' }),
    input: t.expose('input', {
      type: 'JSON',
      nullable: true,
      description: 'JSON Schema (2020-12) of its input. Null for a kind that only the schema of workflows describes.',
    }),
  }),
});

const AgentBackend = builder.enumType('AgentBackend', {
  description: 'How an agent is reached.',
  values: Object.fromEntries(
    AGENT_BACKENDS.map((value) => [
      value.toUpperCase(),
      { description: (BACKEND_CONFIGS[value] as { readonly description?: string }).description ?? '' },
    ]),
  ),
});

const AgentBackendInfo = builder.objectRef<AnyBackend>('AgentBackendInfo').implement({
  description: 'A backend: a way to reach agents.',
  fields: (t) => ({
    name: t.field({ type: AgentBackend, description: 'Its name.', resolve: ({ name }) => name.toUpperCase() }),
    description: t.exposeString('description', { description: 'What it does.' }),
    config: t.field({
      type: 'JSON',
      description: 'JSON Schema (2020-12) of its configuration. Workflow documents write the names in snake_case.',
      resolve: ({ config }) => plainSchema(config),
    }),
  }),
});

const Catalog = builder.objectRef<GraphqlApp>('Catalog').implement({
  description: 'What this server can do.',
  fields: (t) => ({
    commands: t.field({
      type: [Capability],
      description: 'The commands, built in and from plugins. Each is also a mutation.',
      resolve: ({ commands }) => commands.map(commandCapability),
    }),
    queries: t.field({
      type: [Capability],
      description: 'The reads that the policy controls by name.',
      resolve: () => [...queryCapabilities],
    }),
    tools: t.field({
      type: [Capability],
      description: 'The tools that agents and steps of kind `tool` may call. Also available over MCP.',
      resolve: ({ tools }) => tools.map(toolCapability),
    }),
    protocols: t.field({
      type: [Protocol],
      description: 'The URI schemes that it reads.',
      resolve: ({ resources }) => [...resources.protocols],
    }),
    agentBackends: t.field({
      type: [AgentBackendInfo],
      description: 'The backends that reach agents.',
      resolve: ({ backends }) => [...backends],
    }),
    stepKinds: t.field({
      type: [StepKindInfo],
      description: 'The kinds of steps.',
      resolve: ({ kinds }) => [...stepKindViews(kinds)],
    }),
    examples: t.field({
      type: [Example],
      description:
        'Documents to begin with, which run as they are on the sample data: `build_service` takes the input `resource`.',
      resolve: () => [...EXAMPLES],
    }),
  }),
});

builder.queryField('catalog', (t) =>
  t.field({
    type: Catalog,
    description:
      'What this server can do: commands, queries, tools, agent backends, protocols, kinds of steps, and examples. Requires no token.',
    resolve: (_, _args, { app }) => app,
  }),
);
