import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { AgentBackendInput } from './agent-backend-input.ts';

export const AgentInput = builder.inputType('AgentInput', {
  description: 'An agent: what it is for, and how it is reached.',
  fields: (t) => ({
    id: t.string({ description: 'A name of your own for it.' }),
    role: t.string({ required: true, description: 'What it is: “Summarizer”.' }),
    goal: t.string({ required: true, description: 'What it is to do.' }),
    tools: t.stringList({
      description: 'Names of the tools that it may call, as `catalog.tools` or its MCP servers list them.',
    }),
    backend: t.field({ type: AgentBackendInput, required: true, description: 'How it is reached.' }),
    memoryUri: t.field({
      type: 'URI',
      description: '`memory:NAME`, or a `file:` URI: what it reads before, and what its answer is added to.',
    }),
  }),
});
