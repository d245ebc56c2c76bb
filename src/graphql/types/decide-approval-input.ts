import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { ApprovalResult } from './approval-result.ts';

const DecideApprovalInput = builder.inputType('DecideApprovalInput', {
  description: 'What you decide.',
  fields: (t) => ({
    approvalId: t.id({ required: true, description: 'The approval.' }),
    approve: t.boolean({ required: true, description: 'True: the step goes on. False: it ends.' }),
    comment: t.string({ description: 'Why, for whoever looks at it later.' }),
  }),
});

builder.mutationField('decideApproval', (t) =>
  t.field({
    type: ApprovalResult,
    description:
      'Agree that a step goes on, or not. Where the policy asks for an approval, it is not for who started the run to give it. CONFLICT when it was decided already.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DecideApprovalInput, required: true, description: 'What you decide.' }) },
    resolve: (_, { input: { approvalId, approve, comment } }, ctx) =>
      refusable(async () =>
        ctx.app.engine.decideApproval(signedIn(ctx), approvalId, { approve, ...(comment != null && { comment }) }),
      ),
  }),
);
