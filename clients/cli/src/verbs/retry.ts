import { RetryStepDocument, type StepState, WorkflowRunDocument } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { forEachRun } from '../input/for-each-run.ts';
import { runRow } from '../output/run-row.ts';

/** States of steps that can be retried. */
const FAILED: ReadonlySet<StepState> = new Set(['FAILED', 'FAILED_FATAL', 'TIMEOUT', 'DENIED', 'CANCELLED']);

export async function run(
  ctx: Context,
  [ids]: readonly unknown[],
  options: Readonly<{ step?: string }>,
): Promise<number> {
  const client = await ctx.client();
  return forEachRun(ctx, ids as readonly string[], async (runId) => {
    const step = options.step ?? (await failedStep(client, runId, ctx.signal));
    const { retryStep } = await client.request(RetryStepDocument, { input: { runId, step } }, { signal: ctx.signal });
    return runRow(unwrap(retryStep));
  });
}

/** A failed step of the run; when one is retried, the others run again too. */
async function failedStep(client: Client, id: string, signal: AbortSignal): Promise<string> {
  const { run } = await client.request(WorkflowRunDocument, { id }, { signal });
  if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
  const step = run.steps.find(({ state }) => FAILED.has(state));
  if (!step) throw new SignalboxError('CONFLICT', `Run ${id} is ${run.state}, and no step of it failed.`);
  return step.key;
}
