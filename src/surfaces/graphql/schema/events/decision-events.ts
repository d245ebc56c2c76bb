import { Fault } from '../../../../core/errors.ts';
import { createApproval } from '../../../../core/projection.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Event, type EventOf } from '../journal/event.ts';
import { Approval } from '../nodes/refs.ts';
import { PolicyDecision } from '../policy/policy.ts';

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

export const ApprovalDecided = builder.objectRef<EventOf<'APPROVAL_DECIDED'>>('ApprovalDecided').implement({
  description: 'A person decided, or nobody did in time.',
  interfaces: [Event],
  fields: (t) => ({
    approval: t.field({
      type: Approval,
      description: 'What was decided, by whom, and why.',
      extensions: { cost: 5 },
      resolve: async ({ payload: { id } }, _args, ctx) => {
        const approval = await ctx.app.reader.approval(callerScope(ctx), id);
        if (!approval) throw new Fault('NOT_FOUND', `There is no approval ${id} that you may see.`);
        return approval;
      },
    }),
  }),
});
