import { addEventType } from '../journal/event.ts';
import { TokenUsage } from '../steps/token-usage.ts';
import { ToolCall } from '../steps/tool-call.ts';

addEventType('AGENT_MESSAGE', (t) => ({
  role: t.string({
    description: 'Author of the message: `system`, `user` or `assistant` (the agent).',
    resolve: ({ payload }) => payload.role,
  }),
  text: t.string({
    description: 'Text of the message. Empty when an agent only calls tools.',
    resolve: ({ payload }) => payload.text,
  }),
  usage: t.field({
    type: TokenUsage,
    nullable: true,
    description:
      'Tokens of this answer and its request. Null for other messages, and when the endpoint does not report them.',
    resolve: ({ payload }) => payload.usage ?? null,
  }),
}));

addEventType('AGENT_DELTA', (t) => ({
  text: t.string({ description: 'The fragment.', resolve: ({ payload }) => payload.text }),
}));

addEventType('TOOL_CALLED', (t) => ({
  call: t.field({
    type: ToolCall,
    description: 'The call.',
    resolve: ({ runId, payload }) => ({ runId, ...payload.call }),
  }),
}));

addEventType('TOOL_RETURNED', (t) => ({
  call: t.field({
    type: ToolCall,
    description: 'The call, with the same ID as in `ToolCalled`.',
    extensions: { cost: 5 },
    resolve: ({ runId, payload }) => ({ runId, ...payload.call }),
  }),
}));
