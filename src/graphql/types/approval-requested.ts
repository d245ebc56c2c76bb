import { createApproval } from '../../core/projection.ts';
import { builder } from '../builder.ts';
import { Event, type EventOf } from './event.ts';
import { Approval } from './refs.ts';

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
