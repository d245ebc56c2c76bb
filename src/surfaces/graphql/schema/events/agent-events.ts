import { builder } from '../builder/builder.ts';
import { Event, type EventOf } from '../journal/event.ts';
import { ToolCall } from '../steps/tool-call.ts';

export const AgentMessage = builder.objectRef<EventOf<'AGENT_MESSAGE'>>('AgentMessage').implement({
  description: 'Something was said to an agent, or it said something; whole.',
  interfaces: [Event],
  fields: (t) => ({
    role: t.string({
      description: 'Who said it: `system`, `user` or `assistant`, which is the agent.',
      resolve: ({ payload }) => payload.role,
    }),
    text: t.string({
      description: 'What was said. Empty where an agent only calls tools.',
      resolve: ({ payload }) => payload.text,
    }),
  }),
});

export const AgentDelta = builder.objectRef<EventOf<'AGENT_DELTA'>>('AgentDelta').implement({
  description: 'A piece of what an agent is saying, at most twenty a second for each step.',
  interfaces: [Event],
  fields: (t) => ({
    text: t.string({ description: 'The piece.', resolve: ({ payload }) => payload.text }),
  }),
});

export const ToolCalled = builder.objectRef<EventOf<'TOOL_CALLED'>>('ToolCalled').implement({
  description: 'A step called a tool. What it gives follows as `ToolReturned`.',
  interfaces: [Event],
  fields: (t) => ({
    call: t.field({
      type: ToolCall,
      description: 'The call.',
      resolve: ({ runId, payload }) => ({ runId, ...payload.call }),
    }),
  }),
});

export const ToolReturned = builder.objectRef<EventOf<'TOOL_RETURNED'>>('ToolReturned').implement({
  description: 'A tool gave its result, or failed.',
  interfaces: [Event],
  fields: (t) => ({
    call: t.field({
      type: ToolCall,
      description: 'The call, by the same id.',
      extensions: { cost: 5 },
      resolve: ({ runId, payload }) => ({ runId, ...payload.call }),
    }),
  }),
});
