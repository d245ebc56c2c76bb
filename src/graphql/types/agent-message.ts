import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';

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
