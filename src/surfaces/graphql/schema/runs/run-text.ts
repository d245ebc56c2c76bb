import { callerScope, findWorkflowVersion } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';

builder.objectField(Run, 'text', (t) =>
  t.string({
    nullable: true,
    description:
      'Text of the document that it was started from: of the saved version of its workflow, or the text that was sent. Null for other kinds, for runs of version 0.1, and for a text of more than 65536 characters that was not saved.',
    extensions: { cost: 5 },
    resolve: async ({ run }, _args, ctx) => {
      const { workflow, plan } = run;
      if (workflow === undefined) return null;
      if (plan?.version !== undefined) return (await findWorkflowVersion(workflow, plan.version, ctx))?.yaml ?? null;
      for await (const event of ctx.app.reader.eventsOf(callerScope(ctx), run.id)) {
        return event.type === 'RUN_CREATED' ? (event.payload.text ?? null) : null;
      }
      return null;
    },
  }),
);
