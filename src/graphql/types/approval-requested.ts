import { createApproval } from '../../core/projection.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Approval } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { Event, type EventOf } from './event.ts';

export const ApprovalRequested = builder.objectRef<EventOf<'APPROVAL_REQUESTED'>>('ApprovalRequested').implement({
  description: 'A step waits for a person to decide.',
  interfaces: [Event],
  fields: (t) => ({
    approval: t.field({
      type: Approval,
      description: 'What is to be decided, as it was opened.',
      resolve: (event) => createApproval(event.runId, event),
    }),
  }),
});
