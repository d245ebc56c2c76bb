import { DEAD_LETTER_LABEL } from '../../../../core/store-reader.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { orRefusal } from '../errors/refusal.ts';
import { Node } from '../nodes/node.ts';
import { DeadLetter, Run } from '../nodes/refs.ts';
import { findRun, toRunViewPage } from '../nodes/run-view.ts';
import { RunConnection } from '../runs/run-connection.ts';
import { RunResult } from '../runs/run-request.ts';

DeadLetter.implement({
  description:
    'A job from the bus that goes no further: it was refused, or its run ended without the result of a worker. Or what another scheduler reported as such.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the dead letter: `dead_…`.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When the job was given up.' }),
    jobId: t.exposeID('jobId', { description: 'ID of the job, as its sender chose it.' }),
    topic: t.string({
      nullable: true,
      description: 'Topic of the job. Null when another scheduler reported it.',
      resolve: ({ topic }) => topic || null,
    }),
    reason: t.exposeString('reason', {
      description: 'Why, as the protocol names it: `safety_denied`, `max_retries_exceeded`, `timeout` and others.',
    }),
    message: t.exposeString('message', { description: 'Why, for people.' }),
    sender: t.exposeString('sender', { description: 'Who sent the job, or reported it: a sender ID of the bus.' }),
    traceId: t.exposeString('traceId', { description: 'Trace ID of the packet, or of the run.' }),
    request: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What was asked for: `job`, `compensation`, `priority`, `maxAttempts`. Null when another scheduler reported it.',
      resolve: ({ request }) => request ?? null,
    }),
    run: t.field({
      type: Run,
      nullable: true,
      description: 'The run of the job. Null when it was refused, or the run was removed or may not be seen.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => (runId === undefined ? null : findRun(runId, ctx)),
    }),
    replays: t.field({
      type: RunConnection,
      description: 'Runs that asked for the job again, newest first.',
      extensions: { cost: 20 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: async ({ id }, page, ctx) =>
        toRunViewPage(
          await ctx.app.reader.runs(callerScope(ctx), { label: { [DEAD_LETTER_LABEL]: id } }, parsePageArgs(page)),
        ),
    }),
  }),
});

const DeadLetterConnection = createConnectionType('DeadLetter', DeadLetter);

builder.queryField('deadLetters', (t) =>
  t.field({
    type: DeadLetterConnection,
    description:
      'Dead letters, newest first: of your jobs, or of all of your tenant when the policy lets you see all its runs. A tenant keeps 10,000, for 30 days. Requires permission for `query:deadLetters`.',
    extensions: { cost: 20 },
    args: {
      topic: t.arg.string({ description: 'Only jobs of this topic. Default: all.' }),
      reason: t.arg.string({ description: 'Only for this reason. Default: all.' }),
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, { topic, reason, ...page }, ctx) => {
      ctx.app.gate.pass(requireUser(ctx), { action: 'query:deadLetters' });
      const filter = { ...(topic != null && { topic }), ...(reason != null && { reason }) };
      return ctx.app.deadLetters.list(callerScope(ctx), filter, parsePageArgs(page));
    },
  }),
);

builder.mutationField('replayDeadLetter', (t) =>
  t.field({
    type: RunResult,
    description:
      'Submit the job of a dead letter again, as you and in the same trace. It keeps its ID if no job has it, and has a new one otherwise. Requires permission for `mutation:replayDeadLetter` and for what `submitJob` requires. CONFLICT when another scheduler reported the job, so that its request is not known.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: 'ID of the dead letter.' }) },
    resolve: (_, { id }, ctx) => orRefusal(async () => ctx.app.engine.replayDeadLetter(requireUser(ctx), String(id))),
  }),
);
