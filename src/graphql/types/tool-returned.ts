import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { ToolCall } from '../../surfaces/graphql/schema/steps/tool-call.ts';
import { Event, type EventOf } from './event.ts';

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
