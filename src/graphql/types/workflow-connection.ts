import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Workflow } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { connection } from '../connection.ts';
import { pageArgs } from '../page-args.ts';
import { mayReadWorkflows } from '../saved-workflow.ts';

export const WorkflowConnection = connection('Workflow', Workflow);

builder.queryField('workflows', (t) =>
  t.field({
    type: WorkflowConnection,
    description:
      'The saved workflows of your tenant, each in its newest version, newest first. Needs the policy’s leave for `query:workflows`.',
    args: {
      first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
      after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => {
      const { tenant } = mayReadWorkflows(ctx);
      return ctx.app.workflows.list(tenant, pageArgs(page));
    },
  }),
);
