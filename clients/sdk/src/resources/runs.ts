import {
  CancelRunDocument,
  RerunFromDocument,
  RetryStepDocument,
  RunAgentDocument,
  type RunAgentInput,
  type RunFilter,
  type RunPartsFragment,
  RunSourceDocument,
  RunsDocument,
  SendSignalDocument,
  StartRunDocument,
  type StartRunInput,
  type StepState,
  type WorkflowRunPartsFragment,
} from '../generated/graphql.ts';
import { SignalboxError, unwrap } from '../transport/signalbox-error.ts';
import type { CallOptions } from '../transport/transport.ts';
import { type CallContext, sendRepeatedly, withKey } from './call-context.ts';
import { type List, type ListOptions, listOf } from './lists.ts';
import {
  type Event,
  type LogLine,
  type LogOptions,
  type RunEventsOptions,
  runEvents,
  runLogs,
  runText,
} from './run-events.ts';
import { RunFailed } from './run-failed.ts';
import { type RunDetail, readRun, type WaitOptions, waitForRun } from './wait-for-run.ts';

export type Run = WorkflowRunPartsFragment;
export type RunSummary = RunPartsFragment;

export interface RerunOptions extends CallOptions {
  /** Key of the step to begin with; the results of the others stay. Default: the whole run. */
  readonly from?: string;
  /** Inputs instead of those of the run. */
  readonly inputs?: unknown;
}

/** Every method throws SignalboxError, also for a refusal. */
export interface Runs {
  /** Starts a workflow. It is repeated with the same idempotency key, so it starts once. */
  start(input: StartRunInput, options?: CallOptions): Promise<Run>;
  /** Starts an agent, likewise once. */
  agent(input: RunAgentInput, options?: CallOptions): Promise<Run>;
  /** @throws SignalboxError NOT_FOUND */
  get(id: string, options?: CallOptions): Promise<RunDetail>;
  /** Newest first. */
  list(options?: ListOptions & { readonly filter?: RunFilter }): List<RunSummary>;
  cancel(id: string, options?: CallOptions & { readonly reason?: string }): Promise<Run>;
  /** Repeats a step that failed, by default the first, and what depends on it. */
  retry(id: string, step?: string, options?: CallOptions): Promise<Run>;
  /** Starts another run like this one: of the same document, with the same inputs and labels. */
  rerun(id: string, options?: RerunOptions): Promise<Run>;
  /** Sends a signal to a run that waits for it. */
  signal(id: string, name: string, payload?: unknown, options?: CallOptions): Promise<Run>;
  /** The run when it has ended, in whatever state. Lost connections and restarts of the server are waited out. */
  wait(id: string, options?: WaitOptions): Promise<Run>;
  /** The outputs of the run by name, or its output, when it has ended. @throws RunFailed unless it has succeeded */
  result<Out = unknown>(id: string, options?: WaitOptions): Promise<Out>;
  /** Its events, each once and in order, until it has ended. */
  events(id: string, options?: RunEventsOptions): AsyncIterableIterator<Event, undefined>;
  /** What its steps log. */
  logs(id: string, options?: LogOptions): AsyncIterableIterator<LogLine, undefined>;
  /** What its agents write, as it comes. */
  text(
    id: string,
    options?: { readonly step?: string; readonly signal?: AbortSignal },
  ): AsyncIterableIterator<string, undefined>;
}

const FAILED: readonly StepState[] = ['FAILED', 'FAILED_FATAL', 'TIMEOUT', 'DENIED', 'CANCELLED'];

export function createRuns(ctx: CallContext): Runs {
  function start(given: StartRunInput, options?: CallOptions): Promise<Run> {
    const input = withKey(given);
    return sendRepeatedly(ctx, options, async () =>
      unwrap((await ctx.request(StartRunDocument, { input }, options)).startRun),
    );
  }

  async function firstFailedStep(id: string, options?: CallOptions): Promise<string> {
    const { state, steps } = await readRun(ctx, id, options?.signal);
    const step = steps.find((candidate) => FAILED.includes(candidate.state));
    if (!step) throw new SignalboxError('CONFLICT', `Run ${id} is ${state}, and no step of it failed.`);
    return step.key;
  }

  async function rerun(id: string, { from, inputs, ...options }: RerunOptions = {}): Promise<Run> {
    if (from !== undefined) {
      const input = { runId: id, step: from, ...(inputs !== undefined && { inputs }) };
      return unwrap((await ctx.request(RerunFromDocument, { input }, options)).rerunFrom);
    }
    const { run } = await ctx.request(RunSourceDocument, { id }, options);
    if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id}, or you may not see it.`);
    const { text, inputs: earlier, labels } = run;
    if (text == null) {
      throw new SignalboxError(
        'BAD_INPUT',
        `The document of run ${id} is not stored. Start it again with its document, or name the step to begin with (from).`,
      );
    }
    return start({ source: { yaml: text }, inputs: inputs ?? earlier, labels }, options);
  }

  async function result<Out>(id: string, options: WaitOptions = {}): Promise<Out> {
    const run = await waitForRun(ctx, id, options);
    if (run.state !== 'SUCCEEDED') throw new RunFailed(run);
    const { outputs, output } = run;
    return (outputs.length > 0 ? Object.fromEntries(outputs.map(({ name, value }) => [name, value])) : output) as Out;
  }

  return {
    start,
    agent(given, options) {
      const input = withKey(given);
      return sendRepeatedly(ctx, options, async () =>
        unwrap((await ctx.request(RunAgentDocument, { input }, options)).runAgent),
      );
    },
    get: (id, options) => readRun(ctx, id, options?.signal),
    list: ({ filter, first, after: begin, signal } = {}) =>
      listOf(begin, async (after) => (await ctx.request(RunsDocument, { filter, first, after }, { signal })).runs),
    async cancel(id, { reason, ...options } = {}) {
      return unwrap((await ctx.request(CancelRunDocument, { input: { runId: id, reason } }, options)).cancelRun);
    },
    async retry(id, step, options) {
      const input = { runId: id, step: step ?? (await firstFailedStep(id, options)) };
      return unwrap((await ctx.request(RetryStepDocument, { input }, options)).retryStep);
    },
    rerun,
    async signal(id, name, payload, options) {
      return unwrap(
        (await ctx.request(SendSignalDocument, { input: { runId: id, name, payload } }, options)).sendSignal,
      );
    },
    wait: (id, options = {}) => waitForRun(ctx, id, options),
    result,
    events: (id, options) => runEvents(ctx, id, options),
    logs: (id, options) => runLogs(ctx, id, options),
    text: (id, options) => runText(ctx, id, options),
  };
}
