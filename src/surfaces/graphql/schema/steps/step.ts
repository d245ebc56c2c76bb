import type { Progress as Reached } from '../../../../core/run.ts';
import type { StepState as State } from '../../../../core/states.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { Failure } from '../errors/errors.ts';
import { Node } from '../nodes/node.ts';
import { Approval, Resource, Run, Step } from '../nodes/refs.ts';
import { parseOutputJson, viewFromOutput } from '../nodes/resource-view.ts';
import { durationMs, findRun, requireRun } from '../nodes/run-view.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { StepKind, shownKind } from './step-kind.ts';
import { ToolCall } from './tool-call.ts';

export const StepState = builder.enumType('StepState', {
  description:
    'State of a step. States move forward, and back to SCHEDULED only for a retry. A step of a pure command may pass through several at once, and is then recorded with its result.',
  values: {
    PENDING: { description: 'It is waiting for the steps that it depends on.' },
    SCHEDULED: { description: 'It is ready, and waiting for a free slot.' },
    WAITING: { description: 'It is waiting for something outside: a time, a person, a signal or a rate limit.' },
    DISPATCHED: { description: 'It may act outside now; this has been recorded durably.' },
    RUNNING: { description: 'It is running.' },
    SUCCEEDED: { description: 'It succeeded; `output` and `resource` contain its result.' },
    FAILED: { description: 'It failed, and is not retried.' },
    FAILED_RETRYABLE: { description: 'This attempt failed; another may follow.' },
    FAILED_FATAL: { description: 'It failed in a way that a retry cannot repair.' },
    TIMEOUT: { description: 'It exceeded its time limit and was stopped.' },
    DENIED: { description: 'The policy denied it; `decision` says why.' },
    SKIPPED: { description: 'It did not run: its `when` was false, or an earlier step failed.' },
    CANCELLED: { description: 'It was stopped together with its run.' },
  } satisfies Record<State, object>,
});

const Progress = builder.objectRef<Reached>('Progress').implement({
  description: 'Progress that a step reported.',
  fields: (t) => ({
    percent: t.int({
      nullable: true,
      description: 'From 0 to 100. Null when it is not known.',
      resolve: ({ percent }) => (percent === undefined ? null : Math.round(percent)),
    }),
    memo: t.exposeString('memo', { nullable: true, description: 'What it was doing, in words.' }),
    at: t.field({ type: 'DateTime', description: 'When it was reported.', resolve: ({ at }) => new Date(at) }),
  }),
});

/** Kinds of steps that perform something with a name. */
const CAPABLE_KINDS: ReadonlySet<string> = new Set(['COMMAND', 'QUERY', 'TOOL', 'AGENT', 'WORKFLOW']);

const StepConnection = createConnectionType('Step', Step);

Step.implement({
  description: 'One part of a run: a command with its options, or another kind of work in a workflow.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the step: `step_…`.' }),
    run: t.field({
      type: Run,
      description: 'The run that it belongs to.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => requireRun(runId, ctx),
    }),
    key: t.exposeString('key', { description: 'Key of the step, unique in its run.' }),
    title: t.exposeString('title', { description: 'Title, for people.' }),
    kind: t.field({
      type: StepKind,
      description: 'Kind of the step.',
      resolve: ({ kind }, _args, { app }) => shownKind(kind, app.kinds),
    }),
    does: t.string({
      nullable: true,
      description:
        'Name of the command, query, tool, agent backend or workflow that it performs or starts. Null for kinds that perform none of them.',
      resolve: ({ kind, capability }) => (CAPABLE_KINDS.has(kind) ? capability : null),
    }),
    undoes: t.string({
      nullable: true,
      description: 'Key of the step that it compensates. Null unless it is a compensation.',
      resolve: ({ role, parent }) => (role === 'compensation' ? (parent ?? null) : null),
    }),
    childRun: t.field({
      type: Run,
      nullable: true,
      description: 'The run that it started. Null for other kinds than WORKFLOW, and before it has started one.',
      extensions: { cost: 5 },
      resolve: ({ childId }, _args, ctx) => (childId === undefined ? null : findRun(childId, ctx)),
    }),
    state: t.expose('state', { type: StepState, description: 'State of the step.' }),
    dependsOn: t.stringList({
      description: 'Keys of the steps that must end before it starts.',
      resolve: ({ dependsOn }) => [...dependsOn],
    }),
    attempt: t.exposeInt('attempt', { description: 'Number of the current attempt, from 1; 0 before the first.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'Maximum number of attempts.' }),
    input: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Options or arguments of the step. Expressions are evaluated when it is scheduled; before that they are as in the plan.',
      resolve: async ({ input, runId }, _args, ctx) =>
        input === undefined ? (await requireRun(runId, ctx)).run.inputs : input,
    }),
    output: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Output, when that is JSON. Null otherwise; `resource` has the bytes.',
      extensions: { cost: 20 },
      resolve: ({ output }, _args, ctx) => parseOutputJson(output, ctx),
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'Output as a resource. Null until it has succeeded.',
      resolve: ({ output }, _args, ctx) => (output ? viewFromOutput(output, ctx) : null),
    }),
    error: t.expose('error', { type: Failure, nullable: true, description: 'Why it failed. Null unless it failed.' }),
    decision: t.expose('decision', {
      type: PolicyDecision,
      nullable: true,
      description: 'The latest decision of the policy about it. Null before the first.',
    }),
    approval: t.field({
      type: Approval,
      nullable: true,
      description: 'The newest approval that it requires or required. Null when it requires none.',
      extensions: { cost: 5 },
      // The policy is asked before a person.
      resolve: async ({ runId, key, decision }, _args, ctx) =>
        decision ? ((await ctx.app.reader.approvalOf(callerScope(ctx), runId, key)) ?? null) : null,
    }),
    toolCalls: t.field({
      type: [ToolCall],
      description: 'Tools that it called, in order. Maximum 1000; the newest are kept.',
      extensions: { cost: 5 },
      resolve: async ({ runId, key }, _args, ctx) => [
        ...(await ctx.app.reader.toolCalls(callerScope(ctx), runId, key)),
      ],
    }),
    items: t.field({
      type: StepConnection,
      description:
        'Items of a `for_each` as separate steps, in order, with keys such as `get[3]`. Empty for other steps.',
      extensions: { cost: 5 },
      args: {
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
        state: t.arg({ type: [StepState], description: 'Only items in one of these states. Default: all.' }),
      },
      resolve: ({ runId, key }, { state, ...page }, ctx) =>
        ctx.app.reader.items(callerScope(ctx), runId, key, parsePageArgs(page), state ?? undefined),
    }),
    index: t.exposeInt('index', {
      nullable: true,
      description: 'Its index among the items of a `for_each`, from 0. Null unless it is such an item.',
    }),
    worker: t.exposeString('worker', {
      nullable: true,
      description:
        'ID of the worker that has its job, or had it last. Null for other steps, and until a worker is known.',
    }),
    progress: t.expose('progress', {
      type: Progress,
      nullable: true,
      description: 'The latest progress that it reported. Null when it has reported none.',
    }),
    wakeAt: t.expose('wakeAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it continues without intervention: a sleep, a backoff, a rate limit or an expiry ends. Null unless it waits for a time.',
    }),
    scheduledAt: t.expose('scheduledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it became ready. Null before, and for steps that started immediately.',
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it started. Null before.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended. Null before.',
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Milliseconds from its start to its end, or until now while it is running. Null before its start.',
      resolve: (step, _args, { app }) => durationMs(step, app.clock),
    }),
  }),
});
