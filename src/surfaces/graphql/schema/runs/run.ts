import type { Json } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { MAX_BATCH_EVENTS, parsePageArgs } from '../builder/pagination.ts';
import { Failure } from '../errors/errors.ts';
import { EventBatch, EventFilter, toEventFilter } from '../journal/event-batch.ts';
import { DEFAULT_PAGE_EVENTS, readRunEventPage } from '../journal/run-event-page.ts';
import { Node } from '../nodes/node.ts';
import { Resource, Run, Step } from '../nodes/refs.ts';
import { artifactResource } from '../nodes/resource-view.ts';
import { durationMs, findRun, toRunViewPage } from '../nodes/run-view.ts';
import { ArtifactConnection } from '../resources/artifact.ts';
import { RunConnection } from './run-connection.ts';
import { findStep, listSteps, runOutputJson, runOutputResource } from './run-output.ts';
import { Priority, publicRunKind, RunKind, RunState } from './run-state.ts';
import { watchRunState } from './watch-run-state.ts';

const NamedOutput = builder.objectRef<{ readonly name: string; readonly value: Json }>('NamedOutput').implement({
  description: 'A named output of a workflow.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the output.' }),
    value: t.expose('value', {
      type: 'JSON',
      nullable: true,
      description: 'Value of the output; `{uri, media_type, size}` for a resource that is not JSON.',
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'The output as a resource. Null when it is a plain value.',
      extensions: { cost: 5 },
      resolve: ({ value }, _args, ctx) => artifactResource(value, ctx),
    }),
  }),
});

Run.implement({
  description:
    'One recorded execution of a command, a pipeline, an agent or a workflow: the request, its principal, the decisions of the policy, and the result.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'ID of the run: `run_…`.', resolve: ({ run }) => run.id }),
    kind: t.field({
      type: RunKind,
      description: 'What it executes.',
      resolve: ({ run }) => publicRunKind(run.kind),
    }),
    state: t.field({ type: RunState, description: 'State of the run.', resolve: ({ run }) => run.state }),
    goal: t.string({
      nullable: true,
      description: 'Goal of the run, in words. Null when its workflow states none.',
      resolve: ({ run }) => run.goal ?? null,
    }),
    workflow: t.string({
      nullable: true,
      description: 'Name of its workflow. Null unless the run executes a workflow.',
      resolve: ({ run }) => run.workflow ?? null,
    }),
    workflowVersion: t.int({
      nullable: true,
      description: 'Version of its saved workflow. Null for other runs.',
      resolve: ({ run }) => run.plan?.version ?? null,
    }),
    inputs: t.field({ type: 'JSON', description: 'Inputs of the run.', resolve: ({ run }) => run.inputs }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Output of the run, when that is JSON: an object of the outputs that its workflow names, otherwise the output of its last step. Null until it has succeeded.',
      extensions: { cost: 20 },
      resolve: (view, _args, ctx) => runOutputJson(view, ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description:
        'Output of the run as a resource: the output of its last step, or the only output that its workflow names when that is a resource. Null until it has succeeded.',
      extensions: { cost: 5 },
      resolve: (view, _args, ctx) => runOutputResource(view, ctx),
    }),
    outputs: t.field({
      type: [NamedOutput],
      description: 'Outputs that its workflow names. Empty until it has succeeded.',
      resolve: ({ run }) => Object.entries(run.outputs ?? {}).map(([name, value]) => ({ name, value })),
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it failed. Null unless it failed.',
      resolve: ({ run }) => run.error ?? null,
    }),
    steps: t.field({
      type: [Step],
      description:
        'Steps in the order of the plan, followed by compensations. Items of a `for_each` are in `Step.items`.',
      extensions: { cost: 5 },
      resolve: async (view, _args, ctx) => [...(await listSteps(view, ctx))],
    }),
    step: t.field({
      type: Step,
      nullable: true,
      description: 'The step with this key, which may be an item of a `for_each`. Null when it does not exist.',
      extensions: { cost: 5 },
      args: { key: t.arg.string({ required: true, description: 'Key of the step.' }) },
      resolve: (view, { key }, ctx) => findStep(view, key, ctx),
    }),
    events: t.field({
      type: EventBatch,
      description:
        'Its events, oldest first: a page from the beginning or after a cursor; with `last`, a page from the end or before a cursor. A page may end early: it continues at `cursor`, with `last` at `startCursor`. To follow it live, subscribe to `runEvents`.',
      extensions: { cost: 5 },
      args: {
        filter: t.arg({
          type: EventFilter,
          description: 'Only matching events; `runId` is ignored. Default: all.',
        }),
        after: t.arg({ type: 'Cursor', description: 'Only events after this cursor. Default: from the first event.' }),
        first: t.arg.int({
          defaultValue: DEFAULT_PAGE_EVENTS,
          description: `Page size. Maximum ${MAX_BATCH_EVENTS}. Ignored with \`last\`.`,
        }),
        last: t.arg.int({ description: `Page size, from the newest event. Maximum ${MAX_BATCH_EVENTS}.` }),
        before: t.arg({ type: 'Cursor', description: 'With `last`: only events before this cursor.' }),
      },
      resolve: ({ run }, { filter, ...page }, ctx) =>
        readRunEventPage(ctx, { ...toEventFilter(filter), runId: run.id }, page),
    }),
    artifacts: t.field({
      type: ArtifactConnection,
      description: 'Artifacts that it stored, oldest first.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: ({ run }, page, ctx) => ctx.app.reader.artifacts(callerScope(ctx), run.id, parsePageArgs(page)),
    }),
    authors: t.field({
      type: [Principal],
      description:
        'Who else wrote what it does, with their roles at that time: of the saved workflow, or of the run that it repeats. It may only do what they may do as well.',
      extensions: { listSize: 2 },
      resolve: ({ run }) => [...(run.plan?.authors ?? [])],
    }),
    principal: t.field({ type: Principal, description: 'Who started it.', resolve: ({ run }) => run.principal }),
    parent: t.field({
      type: Run,
      nullable: true,
      description: 'The run whose step started it. Null unless a run started it.',
      extensions: { cost: 5 },
      resolve: ({ run: { parentId } }, _args, ctx) => (parentId === undefined ? null : findRun(parentId, ctx)),
    }),
    children: t.field({
      type: RunConnection,
      description: 'Runs that its steps started.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: async ({ run }, page, ctx) =>
        toRunViewPage(await ctx.app.reader.children(callerScope(ctx), run.id, parsePageArgs(page))),
    }),
    rerunOf: t.field({
      type: Run,
      nullable: true,
      description: 'The run that it repeats. Null unless `rerunFrom` or `replayDeadLetter` started it.',
      extensions: { cost: 5 },
      resolve: ({ run: { rerunOf } }, _args, ctx) => (rerunOf === undefined ? null : findRun(rerunOf, ctx)),
    }),
    reruns: t.field({
      type: RunConnection,
      description: 'Runs that repeat it, newest first: those of which it is `rerunOf`.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: async ({ run }, page, ctx) =>
        toRunViewPage(await ctx.app.reader.runs(callerScope(ctx), { rerunOf: run.id }, parsePageArgs(page))),
    }),
    traceId: t.string({
      description: 'W3C trace ID, the same as in logs and traces.',
      resolve: ({ run }) => run.traceId,
    }),
    labels: t.field({
      type: 'JSON',
      description: 'Labels: names and values for filters.',
      resolve: ({ run }) => run.labels,
    }),
    priority: t.field({
      type: Priority,
      description: 'Its precedence over other runs when slots are scarce.',
      resolve: ({ run }) => run.priority,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was accepted.', resolve: ({ run }) => run.createdAt }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its first step started. Null before.',
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
      description: 'Milliseconds from its start to its end, or until now while it is running. Null before its start.',
      resolve: ({ run }, _args, { app }) => durationMs(run, app.clock),
    }),
    cursor: t.field({
      type: 'Cursor',
      description: 'Position of its newest event in the journal.',
      resolve: ({ run }) => run.headPosition,
    }),
  }),
});

builder.queryField('run', (t) =>
  t.field({
    type: Run,
    nullable: true,
    description: 'The run with this ID. Null when it does not exist, or when you may not see it.',
    args: { id: t.arg.id({ required: true, description: 'ID of the run: `run_…`.' }) },
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
      'The current state of a run, and again after each change; log lines are not changes. A slow reader skips intermediate states, but always receives the last. Completes after the end of the run.',
    args: { runId: t.arg.id({ required: true, description: 'ID of the run.' }) },
    subscribe: (_, { runId }, ctx) => watchRunState(ctx, runId),
    resolve: (run) => run,
  }),
);
