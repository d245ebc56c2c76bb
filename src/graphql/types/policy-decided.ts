import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { PolicyDecision } from './policy-decision.ts';

export const PolicyDecided = builder.objectRef<EventOf<'POLICY_DECIDED'>>('PolicyDecided').implement({
  description: 'The policy was asked about a step, and answered.',
  interfaces: [Event],
  fields: (t) => ({
    decision: t.field({
      type: PolicyDecision,
      description: 'What it said, and why.',
      resolve: ({ payload }) => payload.decision,
    }),
  }),
});
