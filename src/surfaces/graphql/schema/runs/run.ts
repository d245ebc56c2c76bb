import type { Json } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { MAX_BATCH_EVENTS, parsePageArgs, requireInRange } from '../builder/pagination.ts';
import { Failure } from '../errors/errors.ts';
import { EventBatch, EventFilter, toEventFilter } from '../journal/event-batch.ts';
import { Node } from '../nodes/node.ts';
import { Resource, Run, Step } from '../nodes/refs.ts';
import { artifactResource } from '../nodes/resource-view.ts';
import { durationMs, findRun, toRunViewPage } from '../nodes/run-view.ts';
import { ArtifactConnection } from '../resources/artifact.ts';
import { RunConnection } from './run-connection.ts';
import { findStep, listSteps, runOutputJson, runOutputResource } from './run-output.ts';
import { Priority, publicRunKind, RunKind, RunState } from './run-state.ts';
import { watchRunState } from './watch-run-state.ts';

export const NamedOutput = builder.objectRef<{ readonly name: string; readonly value: Json }>('NamedOutput').implement({
  description: 'One of the outputs that a workflow names.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the workflow.' }),
    value: t.expose('value', {
      type: 'JSON',
      nullable: true,
      description: 'What it came to: `{uri, media_type, size}` where it is a resource that is not JSON.',
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'The resource that it is. Null where it is a value.',
      extensions: { cost: 5 },
      resolve: ({ value }, _args, ctx) => artifactResource(value, ctx),
    }),
  }),
});

Run.implement({
  description:
    'One execution of a command, a pipeline or a workflow, as it is recorded: what was asked, by whom, what the policy said, what came of it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Of this run: `run_…`.', resolve: ({ run }) => run.id }),
    kind: t.field({
      type: RunKind,
      description: 'What it carries out.',
      resolve: ({ run }) => publicRunKind(run.kind),
    }),
    state: t.field({ type: RunState, description: 'Where it stands.', resolve: ({ run }) => run.state }),
    goal: t.string({
      nullable: true,
      description: 'What it is for, in words, where its workflow says so.',
      resolve: ({ run }) => run.goal ?? null,
    }),
    workflow: t.string({
      nullable: true,
      description: 'Name of the workflow that it carries out. Null where it is none.',
      resolve: ({ run }) => run.workflow ?? null,
    }),
    inputs: t.field({ type: 'JSON', description: 'What was asked for.', resolve: ({ run }) => run.inputs }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What it made, when that is JSON: an object of the outputs that its workflow names, otherwise the output of its last step. Null until it has succeeded.',
      extensions: { cost: 20 },
      resolve: (view, _args, ctx) => runOutputJson(view, ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description:
        'What it made: the output of its last step, or the one output that its workflow names, where that is a resource. Null until it has succeeded.',
      extensions: { cost: 5 },
      resolve: (view, _args, ctx) => runOutputResource(view, ctx),
    }),
    outputs: t.field({
      type: [NamedOutput],
      description: 'What its workflow names as outputs. None until it has succeeded.',
      resolve: ({ run }) => Object.entries(run.outputs ?? {}).map(([name, value]) => ({ name, value })),
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it ended badly. Null otherwise.',
      resolve: ({ run }) => run.error ?? null,
    }),
    steps: t.field({
      type: [Step],
      description:
        'Its steps, in the order of the plan, and then those that undo others. The items of a `for_each` are in `Step.items`.',
      extensions: { cost: 5 },
      resolve: async (view, _args, ctx) => [...(await listSteps(view, ctx))],
    }),
    step: t.field({
      type: Step,
      nullable: true,
      description: 'One of its steps, also an item. Null when it has none with this key.',
      extensions: { cost: 5 },
      args: { key: t.arg.string({ required: true, description: 'The step’s `key`.' }) },
      resolve: (view, { key }, ctx) => findStep(view, key, ctx),
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
        first: t.arg.int({ defaultValue: 100, description: `How many, at most ${MAX_BATCH_EVENTS}.` }),
      },
      resolve: ({ run }, { filter, after, first }, ctx) => {
        const wanted = { ...toEventFilter(filter), runId: run.id };
        return ctx.app.journal.page(
          after ?? 0,
          wanted,
          callerScope(ctx),
          requireInRange('first', first ?? 100, 1, MAX_BATCH_EVENTS),
        );
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
      resolve: ({ run }, page, ctx) => ctx.app.reader.artifacts(callerScope(ctx), run.id, parsePageArgs(page)),
    }),
    principal: t.field({ type: Principal, description: 'Who asked for it.', resolve: ({ run }) => run.principal }),
    parent: t.field({
      type: Run,
      nullable: true,
      description: 'The run that started it, as a step of its own. Null where a person or a schedule did.',
      extensions: { cost: 5 },
      resolve: ({ run: { parentId } }, _args, ctx) => (parentId === undefined ? null : findRun(parentId, ctx)),
    }),
    children: t.field({
      type: RunConnection,
      description: 'The runs that its steps started.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
        after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
      },
      resolve: async ({ run }, page, ctx) =>
        toRunViewPage(await ctx.app.reader.children(callerScope(ctx), run.id, parsePageArgs(page))),
    }),
    rerunOf: t.field({
      type: Run,
      nullable: true,
      description: 'The run that it does again, from one of its steps on. Null where it is none.',
      extensions: { cost: 5 },
      resolve: ({ run: { rerunOf } }, _args, ctx) => (rerunOf === undefined ? null : findRun(rerunOf, ctx)),
    }),
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

builder.subscriptionField('runUpdated', (t) =>
  t.field({
    type: Run,
    description:
      'A run as it is now, and again each time it has changed; a log line is no change. Only the latest: a slow reader passes over states, and always gets the last. Completes after the end.',
    args: { runId: t.arg.id({ required: true, description: 'The run.' }) },
    subscribe: (_, { runId }, ctx) => watchRunState(ctx, runId),
    resolve: (run) => run,
  }),
);
