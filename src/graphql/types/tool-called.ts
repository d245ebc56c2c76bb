import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { ToolCall } from '../../surfaces/graphql/schema/steps/tool-call.ts';
import { Event, type EventOf } from './event.ts';

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
