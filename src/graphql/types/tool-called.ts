import { builder } from '../builder.ts';
import { Event, type EventOf } from './event.ts';
import { ToolCall } from './tool-call.ts';

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
