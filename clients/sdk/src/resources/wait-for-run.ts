import {
  RunStateDocument,
  WorkflowRunDocument,
  type WorkflowRunPartsFragment,
  type WorkflowRunQuery,
} from '../generated/graphql.ts';
import { isFinalRunState } from '../live/run-model.ts';
import { SignalboxError } from '../transport/signalbox-error.ts';
import { type CallContext, sendRepeatedly } from './call-context.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until `TIMEOUT` is thrown; the run continues. Default: no limit. */
  readonly timeoutMs?: number;
}

/** A run with its steps. */
export type RunDetail = NonNullable<WorkflowRunQuery['run']>;

export async function readRun(ctx: CallContext, id: string, signal: AbortSignal | undefined): Promise<RunDetail> {
  const { run } = await ctx.request(WorkflowRunDocument, { id }, { signal });
  if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id}, or you may not see it.`);
  return run;
}

/** The run when it has ended: a stream that ends before it is opened again. */
export async function waitForRun(
  ctx: CallContext,
  id: string,
  options: WaitOptions,
): Promise<WorkflowRunPartsFragment> {
  const { timeoutMs } = options;
  const timeout = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const message = `Run ${id} has not ended within ${timeoutMs} ms (timeoutMs). It continues; wait for it again, or cancel it.`;
          timeout.abort(new SignalboxError('TIMEOUT', message));
        }, timeoutMs);
  const signal = options.signal ? AbortSignal.any([timeout.signal, options.signal]) : timeout.signal;
  try {
    for (;;) {
      for await (const { runUpdated } of ctx.subscribe(RunStateDocument, { runId: id }, { signal })) {
        if (isFinalRunState(runUpdated.state)) break;
      }
      signal.throwIfAborted();
      const run = await sendRepeatedly(ctx, { signal }, () => readRun(ctx, id, signal));
      if (isFinalRunState(run.state)) return run;
    }
  } finally {
    clearTimeout(timer);
  }
}
