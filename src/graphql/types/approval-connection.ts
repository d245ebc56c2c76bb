import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Approval } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { callerScope } from '../caller-scope.ts';
import { connection } from '../connection.ts';
import { pageArgs } from '../page-args.ts';
import { ApprovalState } from './approval-state.ts';

export const ApprovalConnection = connection('Approval', Approval);

builder.queryField('approvals', (t) =>
  t.field({
    type: ApprovalConnection,
    description: 'Approvals of the runs that you may see, newest first.',
    args: {
      state: t.arg({ type: ApprovalState, description: 'Only those that stand here: OPEN for what is yet to decide.' }),
      first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
      after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
    },
    resolve: (_, { state, ...page }, ctx) =>
      ctx.app.reader.approvals(callerScope(ctx), state ?? undefined, pageArgs(page)),
  }),
);
