import { Fault } from '../../core/errors.ts';
import { callerScope } from '../caller-scope.ts';
import { durationMs } from '../duration-ms.ts';
import { MAX_BATCH, within } from '../page-args.ts';
import { outputJson, viewOfOutput } from '../resource-view.ts';
import { EventBatch } from './event-batch.ts';
import { Failure } from './failure.ts';
import { LogLevel } from './log-level.ts';
import { Node } from './node.ts';
import { PolicyDecision } from './policy-decision.ts';
import { Progress } from './progress.ts';
import { Resource, Run, Step } from './refs.ts';
import { StepKind } from './step-kind.ts';
import { StepState } from './step-state.ts';

Step.implement({
  description: 'One part of a run: one command with its options.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this step: `step_…`.' }),
    run: t.field({
      type: Run,
      description: 'The run that it is part of.',
      extensions: { cost: 5 },
      resolve: async ({ runId }, _args, ctx) => {
        const run = await ctx.app.reader.run(callerScope(ctx), runId);
        if (!run) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`);
        return { run };
      },
    }),
    key: t.exposeString('key', { description: 'Its name, unique in its run.' }),
    title: t.exposeString('title', { description: 'What it does, for people.' }),
    kind: t.expose('kind', { type: StepKind, description: 'What kind of thing it does.' }),
    state: t.expose('state', { type: StepState, description: 'Where it stands.' }),
    dependsOn: t.stringList({
      description: 'Keys of the steps that must succeed before it begins.',
      resolve: ({ dependsOn }) => [...dependsOn],
    }),
    attempt: t.exposeInt('attempt', { description: 'Which try it is at, from 1; 0 before the first.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'How often it is tried at most.' }),
    input: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Its options.',
      resolve: ({ input }) => input,
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
