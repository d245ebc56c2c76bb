import { Fault } from '../../../../core/errors.ts';
import type { ApprovalRecord, ApprovalState as State } from '../../../../core/run.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Node } from '../nodes/node.ts';
import { Approval, Run, Step } from '../nodes/refs.ts';
import { requireRun } from '../nodes/run-view.ts';
import { ToolCall, type ToolCallView } from '../steps/tool-call.ts';

const ApprovalState = builder.enumType('ApprovalState', {
  description: 'State of an approval. Once it is no longer OPEN, it does not change.',
  values: {
    OPEN: { description: 'The step is waiting for a decision.' },
    APPROVED: { description: 'A person approved, and the step continued.' },
    REJECTED: { description: 'A person rejected, and the step ended.' },
    EXPIRED: { description: 'Nobody decided before it expired or its run ended.' },
  } satisfies Record<State, object>,
});

const answers = new WeakMap<ApprovalRecord, Promise<string | undefined>>();

/** Two fields ask the same; each request reads its own records. */
function whyNot(approval: ApprovalRecord, ctx: Context): Promise<string | undefined> {
  const answer = answers.get(approval) ?? ctx.app.engine.whyNotDecide(requireUser(ctx), approval);
  answers.set(approval, answer);
  return answer;
}

/** Approvals of one step that are looked through for one of them. */
const MAX_APPROVALS_OF_STEP = 1_000;

async function requestedCall(approval: ApprovalRecord, ctx: Context): Promise<ToolCallView | undefined> {
  const { id, runId, step, call } = approval;
  if (call === undefined) return undefined;
  const filter = { runId, steps: [step], types: ['APPROVAL_REQUESTED' as const] };
  for (let before: number | undefined; ; ) {
    const page = await ctx.app.journal.pageBefore(before, filter, callerScope(ctx), MAX_APPROVALS_OF_STEP);
    for (const { type, payload } of page.events) {
      if (type !== 'APPROVAL_REQUESTED' || payload.id !== id) continue;
      return payload.request && { ...payload.request, runId };
    }
    if (page.older === undefined) return undefined;
    before = page.older;
  }
}

Approval.implement({
  description:
    'A decision of a person that a step requires to continue: the step is of kind APPROVAL, or the policy requires it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the approval: `apr_…`.' }),
    state: t.expose('state', { type: ApprovalState, description: 'State of the approval.' }),
    run: t.field({
      type: Run,
      description: 'The run that is waiting.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => requireRun(runId, ctx),
    }),
    step: t.field({
      type: Step,
      description: 'The step that is waiting.',
      extensions: { cost: 5 },
      resolve: async ({ id, runId, step }, _args, ctx) => {
        const found = await ctx.app.reader.stepByKey(callerScope(ctx), runId, step);
        if (!found) throw new Fault('NOT_FOUND', `There is no step of the approval ${id} that you may see.`);
        return found;
      },
    }),
    reason: t.exposeString('reason', { description: 'What must be decided, or which rule requires it.' }),
    roles: t.stringList({
      description: 'Roles, one of which is required to decide. Empty when the policy alone determines who may decide.',
      resolve: ({ roles }) => [...roles],
    }),
    call: t.field({
      type: ToolCall,
      nullable: true,
      description:
        'The tool call to approve, with its arguments. Null when it is the step itself, whose `input` says what it will do, and for approvals that were requested before calls were recorded with them.',
      extensions: { cost: 20 },
      resolve: async (approval, _args, ctx) => (await requestedCall(approval, ctx)) ?? null,
    }),
    mayDecide: t.boolean({
      description: 'Whether you may decide it now.',
      extensions: { cost: 5 },
      resolve: async (approval, _args, ctx) => (await whyNot(approval, ctx)) === undefined,
    }),
    whyNot: t.string({
      nullable: true,
      description: 'Why you may not decide it now, in one sentence. Null when you may.',
      extensions: { cost: 5 },
      resolve: async (approval, _args, ctx) => (await whyNot(approval, ctx)) ?? null,
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', description: 'When it was requested.' }),
    decidedAt: t.expose('decidedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was decided. Null while it is open.',
    }),
    decidedBy: t.expose('decidedBy', {
      type: Principal,
      nullable: true,
      description: 'Who decided. Null while it is open, and when it has expired.',
    }),
    comment: t.exposeString('comment', { nullable: true, description: 'Comment of the person who decided.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it expires. Null when it stays open as long as its run.',
    }),
  }),
});

const ApprovalConnection = createConnectionType('Approval', Approval);

builder.queryField('approvals', (t) =>
  t.field({
    type: ApprovalConnection,
    description: 'Approvals of runs that you may see, newest first.',
    args: {
      state: t.arg({
        type: ApprovalState,
        description: 'Only approvals in this state: OPEN for those that require a decision.',
      }),
      mine: t.arg.boolean({
        description:
          'True: only open approvals that you may decide now. A page looks at 500 open ones, and may end early. Default: all.',
      }),
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, { state, mine, ...page }, ctx) => {
      if (!mine) return ctx.app.reader.approvals(callerScope(ctx), state ?? undefined, parsePageArgs(page));
      if (state != null && state !== 'OPEN') {
        throw new Fault('BAD_INPUT', `Nobody may decide approvals that are ${state}. Omit state, or mine.`, {
          path: ['state'],
        });
      }
      return ctx.app.engine.decidableApprovals(requireUser(ctx), parsePageArgs(page));
    },
  }),
);

const ApprovalResult = builder.unionType('ApprovalResult', {
  description: 'A decided approval, or why the decision was refused.',
  types: [Approval, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Approval'),
});

const DecideApprovalInput = builder.inputType('DecideApprovalInput', {
  description: 'A decision on an approval.',
  fields: (t) => ({
    approvalId: t.id({ required: true, description: 'ID of the approval.' }),
    approve: t.boolean({ required: true, description: 'True: the step continues. False: it ends.' }),
    comment: t.string({ description: 'Reason, which is recorded.' }),
  }),
});

builder.mutationField('decideApproval', (t) =>
  t.field({
    type: ApprovalResult,
    description:
      'Approve or reject a step. You cannot approve a run that you started when the policy requires the approval. CONFLICT when it has already been decided.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DecideApprovalInput, required: true, description: 'The decision.' }) },
    resolve: (_, { input: { approvalId, approve, comment } }, ctx) =>
      orRefusal(async () =>
        ctx.app.engine.decideApproval(requireUser(ctx), approvalId, { approve, ...(comment != null && { comment }) }),
      ),
  }),
);
