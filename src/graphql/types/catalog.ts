import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { stepKinds } from '../../surfaces/graphql/schema/steps/step-kind.ts';
import { capabilityOf, capabilityOfTool, queryCapabilities } from '../capabilities.ts';
import type { GraphqlApp } from '../context.ts';
import { AgentBackendInfo } from './agent-backend-info.ts';
import { Capability } from './capability.ts';
import { Protocol } from './protocol.ts';
import { StepKindInfo } from './step-kind-info.ts';

export const Catalog = builder.objectRef<GraphqlApp>('Catalog').implement({
  description: 'What this server can do.',
  fields: (t) => ({
    commands: t.field({
      type: [Capability],
      description: 'The commands, built in and from plugins. Each is a mutation too.',
      resolve: ({ commands }) => commands.map(capabilityOf),
    }),
    queries: t.field({
      type: [Capability],
      description: 'The reads that the policy has rules for by their names.',
      resolve: () => [...queryCapabilities],
    }),
    tools: t.field({
      type: [Capability],
      description: 'What agents and steps of kind `tool` may call; also served over MCP.',
      resolve: ({ tools }) => tools.map(capabilityOfTool),
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
      resolve: () => Object.keys(stepKinds) as (keyof typeof stepKinds)[],
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
