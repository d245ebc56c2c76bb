import { Fault } from '../../core/errors.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Approval } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { callerScope } from '../caller-scope.ts';
import { Event, type EventOf } from './event.ts';

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
