import { Fault } from '../../../../core/errors.ts';
import { createApproval } from '../../../../core/projection.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { addEventType } from '../journal/event.ts';
import { Approval } from '../nodes/refs.ts';
import { PolicyDecision } from '../policy/policy.ts';

addEventType('POLICY_DECIDED', (t) => ({
  decision: t.field({
    type: PolicyDecision,
    description: 'The decision, and why.',
    resolve: ({ payload }) => payload.decision,
  }),
}));

addEventType('APPROVAL_REQUESTED', (t) => ({
  approval: t.field({
    type: Approval,
    description: 'The approval, as it was requested.',
    resolve: (event) => createApproval(event.runId, event),
  }),
}));

addEventType('APPROVAL_DECIDED', (t) => ({
  approval: t.field({
    type: Approval,
    description: 'The approval, with the decision.',
    extensions: { cost: 5 },
    resolve: async ({ payload: { id } }, _args, ctx) => {
      const approval = await ctx.app.reader.approval(callerScope(ctx), id);
      if (!approval) throw new Fault('NOT_FOUND', `There is no approval ${id} that you may see.`);
      return approval;
    },
  }),
}));
