import { Fault } from '../../core/errors.ts';
import { Principal } from '../../surfaces/graphql/schema/accounts/principal.ts';
import { Node } from '../../surfaces/graphql/schema/nodes/node.ts';
import { Approval, Run, Step } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { callerScope } from '../caller-scope.ts';
import { runOf } from '../run-of.ts';
import { ApprovalState } from './approval-state.ts';

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
      resolve: ({ runId }, _args, ctx) => runOf(runId, ctx),
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
