import { addEventType } from '../journal/event.ts';
import { ToolCall } from '../steps/tool-call.ts';

addEventType('AGENT_MESSAGE', (t) => ({
  role: t.string({
    description: 'Who said it: `system`, `user` or `assistant`, which is the agent.',
    resolve: ({ payload }) => payload.role,
  }),
  text: t.string({
    description: 'What was said. Empty where an agent only calls tools.',
    resolve: ({ payload }) => payload.text,
  }),
}));

addEventType('AGENT_DELTA', (t) => ({
  text: t.string({ description: 'The piece.', resolve: ({ payload }) => payload.text }),
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
    description: 'The call, by the same id.',
    extensions: { cost: 5 },
    resolve: ({ runId, payload }) => ({ runId, ...payload.call }),
  }),
}));
