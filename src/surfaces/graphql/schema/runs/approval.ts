import { Fault } from '../../../../core/errors.ts';
import type { ApprovalState as State } from '../../../../core/run.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Node } from '../nodes/node.ts';
import { Approval, Run, Step } from '../nodes/refs.ts';
import { requireRun } from '../nodes/run-view.ts';

export const ApprovalState = builder.enumType('ApprovalState', {
  description: 'Where an approval stands. Once it is not OPEN, it stays as it is.',
  values: {
    OPEN: { description: 'The step waits for somebody to decide.' },
    APPROVED: { description: 'Somebody agreed, and the step went on.' },
    REJECTED: { description: 'Somebody did not agree, and the step ended.' },
    EXPIRED: { description: 'Nobody decided before its time was over or its run ended.' },
  } satisfies Record<State, object>,
});

Approval.implement({
  description:
    'A decision that a person owes before a step goes on: because the step is of the kind APPROVAL, or because the policy says so.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this approval: `apr_…`.' }),
    state: t.expose('state', { type: ApprovalState, description: 'Where it stands.' }),
    run: t.field({
      type: Run,
      description: 'The run that waits.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => requireRun(runId, ctx),
    }),
    step: t.field({
      type: Step,
      description: 'The step that waits.',
      extensions: { cost: 5 },
      resolve: async ({ id, runId, step }, _args, ctx) => {
        const found = await ctx.app.reader.stepByKey(callerScope(ctx), runId, step);
        if (!found) throw new Fault('NOT_FOUND', `There is no step of the approval ${id} that you may see.`);
        return found;
      },
    }),
    reason: t.exposeString('reason', { description: 'What is to be decided, or which rule asks for it.' }),
    roles: t.stringList({
      description: 'Who decides has one of these roles. None: whoever the policy lets.',
      resolve: ({ roles }) => [...roles],
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', description: 'When the step began to wait.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true, description: 'When it was decided.' }),
    decidedBy: t.expose('decidedBy', {
      type: Principal,
      nullable: true,
      description: 'Who decided. Null while it is open, and when it expired.',
    }),
    comment: t.exposeString('comment', { nullable: true, description: 'What they said about it.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it expires. Null when it waits for as long as its run does.',
    }),
  }),
});

export const ApprovalConnection = createConnectionType('Approval', Approval);

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
      ctx.app.reader.approvals(callerScope(ctx), state ?? undefined, parsePageArgs(page)),
  }),
);

export const ApprovalResult = builder.unionType('ApprovalResult', {
  description: 'An approval that was decided, or why it was not.',
  types: [Approval, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Approval'),
});

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
      orRefusal(async () =>
        ctx.app.engine.decideApproval(requireUser(ctx), approvalId, { approve, ...(comment != null && { comment }) }),
      ),
  }),
);
