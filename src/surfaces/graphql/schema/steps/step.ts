import type { Progress as Reached } from '../../../../core/run.ts';
import type { StepState as State } from '../../../../core/states.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, MAX_BATCH_EVENTS, parsePageArgs, requireInRange } from '../builder/pagination.ts';
import { Failure } from '../errors/errors.ts';
import { LogLevel } from '../journal/event.ts';
import { EventBatch } from '../journal/event-batch.ts';
import { Node } from '../nodes/node.ts';
import { Approval, Resource, Run, Step } from '../nodes/refs.ts';
import { parseOutputJson, viewFromOutput } from '../nodes/resource-view.ts';
import { durationMs, requireRun } from '../nodes/run-view.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { StepKind } from './step-kind.ts';
import { ToolCall } from './tool-call.ts';

export const StepState = builder.enumType('StepState', {
  description:
    'Where a step stands. States move forward, and back to SCHEDULED only when it is tried again; a step of a pure command may pass several at once and is then recorded with its result.',
  values: {
    PENDING: { description: 'It waits for the steps that it depends on.' },
    SCHEDULED: { description: 'It is ready and waits for a place.' },
    WAITING: { description: 'It waits for something from outside.' },
    DISPATCHED: { description: 'It was handed over; that it may act is recorded.' },
    RUNNING: { description: 'It is being done.' },
    SUCCEEDED: { description: 'It is done; `output` and `resource` hold what it made.' },
    FAILED: { description: 'It failed, and is not tried again.' },
    FAILED_RETRYABLE: { description: 'This try failed; another may follow.' },
    FAILED_FATAL: { description: 'It failed in a way that no retry can mend.' },
    TIMEOUT: { description: 'It took longer than it may and was stopped.' },
    DENIED: { description: 'The policy did not let it pass; `decision` says why.' },
    SKIPPED: { description: 'It was not done: its `when` was false, or an earlier step ended badly.' },
    CANCELLED: { description: 'It was stopped with its run.' },
  } satisfies Record<State, object>,
});

export const Progress = builder.objectRef<Reached>('Progress').implement({
  description: 'How far a step said it was.',
  fields: (t) => ({
    percent: t.int({
      nullable: true,
      description: 'From 0 to 100, where it can tell.',
      resolve: ({ percent }) => (percent === undefined ? null : Math.round(percent)),
    }),
    memo: t.exposeString('memo', { nullable: true, description: 'What it was doing, in its own words.' }),
    at: t.field({ type: 'DateTime', description: 'When it said so.', resolve: ({ at }) => new Date(at) }),
  }),
});

export const StepConnection = createConnectionType('Step', Step);

Step.implement({
  description: 'One part of a run: a command with its options, or something else that its workflow does.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this step: `step_…`.' }),
    run: t.field({
      type: Run,
      description: 'The run that it is part of.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => requireRun(runId, ctx),
    }),
    key: t.exposeString('key', { description: 'Its name, unique in its run.' }),
    title: t.exposeString('title', { description: 'What it does, for people.' }),
    kind: t.expose('kind', { type: StepKind, description: 'What kind of thing it does.' }),
    state: t.expose('state', { type: StepState, description: 'Where it stands.' }),
    dependsOn: t.stringList({
      description: 'Keys of the steps that it needs before it begins.',
      resolve: ({ dependsOn }) => [...dependsOn],
    }),
    attempt: t.exposeInt('attempt', { description: 'Which try it is at, from 1; 0 before the first.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'How often it is tried at most.' }),
    input: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Its options or arguments, with expressions evaluated once it is scheduled; else what the run was given.',
      resolve: async ({ input, runId }, _args, ctx) =>
        input === undefined ? (await requireRun(runId, ctx)).run.inputs : input,
    }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it made, when that is JSON. Null otherwise; `resource` has it as bytes.',
      extensions: { cost: 20 },
      resolve: ({ output }, _args, ctx) => parseOutputJson(output, ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'What it made. Null until it has succeeded.',
      resolve: ({ output }, _args, ctx) => (output ? viewFromOutput(output, ctx) : null),
    }),
    error: t.expose('error', { type: Failure, nullable: true, description: 'Why it ended badly. Null otherwise.' }),
    decision: t.expose('decision', {
      type: PolicyDecision,
      nullable: true,
      description: 'What the policy said last about it. Null when it has not been asked yet.',
    }),
    approval: t.field({
      type: Approval,
      nullable: true,
      description: 'The newest decision that a person owes it, or gave. Null when it asked for none.',
      extensions: { cost: 5 },
      // The policy is asked before a person is.
      resolve: async ({ runId, key, decision }, _args, ctx) =>
        decision ? ((await ctx.app.reader.approvalOf(callerScope(ctx), runId, key)) ?? null) : null,
    }),
    toolCalls: t.field({
      type: [ToolCall],
      description: 'The tools that it called, in order; the newest 1,000.',
      extensions: { cost: 5 },
      resolve: async ({ runId, key }, _args, ctx) => [
        ...(await ctx.app.reader.toolCalls(callerScope(ctx), runId, key)),
      ],
    }),
    items: t.field({
      type: StepConnection,
      description: 'Where it is a `for_each`: its items as steps of their own, in order, with keys such as `get[3]`.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'How many: at most 100, and 50 unless told.' }),
        after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
      },
      resolve: ({ runId, key }, page, ctx) => ctx.app.reader.items(callerScope(ctx), runId, key, parsePageArgs(page)),
    }),
    index: t.exposeInt('index', {
      nullable: true,
      description: 'Its place among the items, from 0. Null where it is none.',
    }),
    progress: t.expose('progress', {
      type: Progress,
      nullable: true,
      description: 'How far it said it was. Null when it has not said.',
    }),
    logs: t.field({
      type: EventBatch,
      description: 'One page of its log, from the oldest line on.',
      extensions: { cost: 5 },
      args: {
        after: t.arg({ type: 'Cursor', description: 'Only lines after this cursor; from the first unless told.' }),
        first: t.arg.int({ defaultValue: 100, description: `How many, at most ${MAX_BATCH_EVENTS}.` }),
        level: t.arg({ type: LogLevel, description: 'Only lines of at least this level.' }),
      },
      resolve: ({ runId, key }, { after, first, level }, ctx) => {
        const wanted = { runId, steps: [key], types: ['LOG' as const], ...(level && { level }) };
        return ctx.app.journal.page(
          after ?? 0,
          wanted,
          callerScope(ctx),
          requireInRange('first', first ?? 100, 1, MAX_BATCH_EVENTS),
        );
      },
    }),
    scheduledAt: t.expose('scheduledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ready. Null before, and for steps that began at once.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began. Null before.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended. Null before.',
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Milliseconds from its start to its end, or until now while it is under way. Null before its start.',
      resolve: (step, _args, { app }) => durationMs(step, app.clock),
    }),
  }),
});
