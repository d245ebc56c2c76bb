import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';

export const AgentDelta = builder.objectRef<EventOf<'AGENT_DELTA'>>('AgentDelta').implement({
  description: 'A piece of what an agent is saying, at most twenty a second for each step.',
  interfaces: [Event],
  fields: (t) => ({
    text: t.string({ description: 'The piece.', resolve: ({ payload }) => payload.text }),
  }),
});
