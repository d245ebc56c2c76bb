import { Node } from '../../surfaces/graphql/schema/nodes/node.ts';
import { Approval, Resource, Run, Step } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { StepKind } from '../../surfaces/graphql/schema/steps/step-kind.ts';
import { ToolCall } from '../../surfaces/graphql/schema/steps/tool-call.ts';
import { callerScope } from '../caller-scope.ts';
import { durationMs } from '../duration-ms.ts';
import { MAX_BATCH, pageArgs, within } from '../page-args.ts';
import { outputJson, viewOfOutput } from '../resource-view.ts';
import { runOf } from '../run-of.ts';
import { EventBatch } from './event-batch.ts';
import { Failure } from './failure.ts';
import { LogLevel } from './log-level.ts';
import { PolicyDecision } from './policy-decision.ts';
import { Progress } from './progress.ts';
import { StepConnection } from './step-connection.ts';
import { StepState } from './step-state.ts';

Step.implement({
  description: 'One part of a run: a command with its options, or something else that its workflow does.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this step: `step_…`.' }),
    run: t.field({
      type: Run,
      description: 'The run that it is part of.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => runOf(runId, ctx),
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
        input === undefined ? (await runOf(runId, ctx)).run.inputs : input,
    }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it made, when that is JSON. Null otherwise; `resource` has it as bytes.',
      extensions: { cost: 20 },
      resolve: ({ output }, _args, ctx) => outputJson(output, ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'What it made. Null until it has succeeded.',
      resolve: ({ output }, _args, ctx) => (output ? viewOfOutput(output, ctx) : null),
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
      resolve: ({ runId, key }, page, ctx) => ctx.app.reader.items(callerScope(ctx), runId, key, pageArgs(page)),
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
        first: t.arg.int({ defaultValue: 100, description: `How many, at most ${MAX_BATCH}.` }),
        level: t.arg({ type: LogLevel, description: 'Only lines of at least this level.' }),
      },
      resolve: ({ runId, key }, { after, first, level }, ctx) => {
        const wanted = { runId, steps: [key], types: ['LOG' as const], ...(level && { level }) };
        return ctx.app.journal.page(after ?? 0, wanted, callerScope(ctx), within('first', first ?? 100, 1, MAX_BATCH));
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
