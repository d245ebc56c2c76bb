import { builder } from '../builder.ts';
import { callerScope } from '../caller-scope.ts';
import { durationMs } from '../duration-ms.ts';
import { MAX_BATCH, pageArgs, within } from '../page-args.ts';
import { outputJson, viewOfOutput } from '../resource-view.ts';
import { outputOf, stepsOf } from '../steps-of.ts';
import { ArtifactConnection } from './artifact-connection.ts';
import { EventBatch } from './event-batch.ts';
import { EventFilter, toEventFilter } from './event-filter.ts';
import { Failure } from './failure.ts';
import { Node } from './node.ts';
import { Principal } from './principal.ts';
import { Priority } from './priority.ts';
import { Resource, Run, Step } from './refs.ts';
import { RunKind, shownKind } from './run-kind.ts';
import { RunState } from './run-state.ts';

Run.implement({
  description:
    'One execution of a command or a pipeline, as it is recorded: what was asked, by whom, what the policy said, what came of it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Of this run: `run_…`.', resolve: ({ run }) => run.id }),
    kind: t.field({ type: RunKind, description: 'What it carries out.', resolve: ({ run }) => shownKind(run.kind) }),
    state: t.field({ type: RunState, description: 'Where it stands.', resolve: ({ run }) => run.state }),
    inputs: t.field({ type: 'JSON', description: 'What was asked for.', resolve: ({ run }) => run.inputs }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What it made, when that is JSON. Null otherwise, and until it has succeeded; `resource` has it as bytes.',
      extensions: { cost: 20 },
      resolve: async (view, _args, ctx) => outputJson(await outputOf(view, ctx), ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'What it made: the output of its last step. Null until it has succeeded.',
      extensions: { cost: 5 },
      resolve: async (view, _args, ctx) => {
        const output = await outputOf(view, ctx);
        return output ? viewOfOutput(output, ctx) : null;
      },
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it ended badly. Null otherwise.',
      resolve: ({ run }) => run.error ?? null,
    }),
    steps: t.field({
      type: [Step],
      description: 'Its steps, in the order of the plan.',
      extensions: { cost: 5 },
      resolve: async (view, _args, ctx) => [...(await stepsOf(view, ctx))],
    }),
    step: t.field({
      type: Step,
      nullable: true,
      description: 'One of its steps. Null when it has none with this key.',
      extensions: { cost: 5 },
      args: { key: t.arg.string({ required: true, description: 'The step’s `key`.' }) },
      resolve: async (view, { key }, ctx) => (await stepsOf(view, ctx)).find((step) => step.key === key) ?? null,
    }),
    events: t.field({
      type: EventBatch,
      description: 'One page of its events, from the oldest on. To follow it live, subscribe to `runEvents`.',
      extensions: { cost: 5 },
      args: {
        filter: t.arg({
          type: EventFilter,
          description: 'Only those that match all of this; its `runId` is not used.',
        }),
        after: t.arg({ type: 'Cursor', description: 'Only those after this cursor; from the first unless told.' }),
        first: t.arg.int({ defaultValue: 100, description: `How many, at most ${MAX_BATCH}.` }),
      },
      resolve: ({ run }, { filter, after, first }, ctx) => {
        const wanted = { ...toEventFilter(filter), runId: run.id };
        return ctx.app.journal.page(after ?? 0, wanted, callerScope(ctx), within('first', first ?? 100, 1, MAX_BATCH));
      },
    }),
    artifacts: t.field({
      type: ArtifactConnection,
      description: 'What it stored, oldest first.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
        after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
      },
      resolve: ({ run }, page, ctx) => ctx.app.reader.artifacts(callerScope(ctx), run.id, pageArgs(page)),
    }),
    principal: t.field({ type: Principal, description: 'Who asked for it.', resolve: ({ run }) => run.principal }),
    traceId: t.string({
      description: 'W3C trace id, the same as in logs and traces.',
      resolve: ({ run }) => run.traceId,
    }),
    labels: t.field({ type: 'JSON', description: 'Names and values to find it by.', resolve: ({ run }) => run.labels }),
    priority: t.field({
      type: Priority,
      description: 'Whether it goes before others when places are few.',
      resolve: ({ run }) => run.priority,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was accepted.', resolve: ({ run }) => run.createdAt }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its first step began. Null before.',
      resolve: ({ run }) => run.startedAt ?? null,
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended. Null before.',
      resolve: ({ run }) => run.finishedAt ?? null,
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Milliseconds from its start to its end, or until now while it is under way. Null before its start.',
      resolve: ({ run }, _args, { app }) => durationMs(run, app.clock),
    }),
    cursor: t.field({
      type: 'Cursor',
      description: 'The place of its newest event in the journal.',
      resolve: ({ run }) => run.headPosition,
    }),
  }),
});

builder.queryField('run', (t) =>
  t.field({
    type: Run,
    nullable: true,
    description: 'The run with this id. Null when there is none, or when it is not yours to see.',
    args: { id: t.arg.id({ required: true, description: 'Of the run: `run_…`.' }) },
    resolve: async (_, { id }, ctx) => {
      const run = await ctx.app.reader.run(callerScope(ctx), id);
      return run ? { run } : null;
    },
  }),
);
