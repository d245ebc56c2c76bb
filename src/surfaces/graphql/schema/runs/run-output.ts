import type { StepOutput, StepRecord } from '../../../../core/run.ts';
import type { Json } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import type { RunView } from '../nodes/refs.ts';
import { artifactResource, parseOutputJson, type ResourceView, viewFromOutput } from '../nodes/resource-view.ts';

/** The run's steps without items: those read with the run, otherwise from the store. */
export async function listSteps({ run, steps }: RunView, ctx: Context): Promise<readonly StepRecord[]> {
  const found = steps ?? (await ctx.app.reader.steps(callerScope(ctx), run.id));
  return found.filter(({ role }) => role !== 'item');
}

/** One of the run's steps, also an item. */
export async function findStep({ run, steps }: RunView, key: string, ctx: Context): Promise<StepRecord | null> {
  const found = steps?.find((step) => step.key === key);
  return found ?? (await ctx.app.reader.stepByKey(callerScope(ctx), run.id, key)) ?? null;
}

/** The output of a successful run as JSON: the outputs that its workflow names, otherwise the output of its last step. */
export async function runOutputJson(view: RunView, ctx: Context): Promise<Json> {
  return view.run.outputs ?? parseOutputJson(await lastStepOutput(view, ctx), ctx);
}

/** The same as a resource: the output of its last step, or the one output that its workflow names. */
export async function runOutputResource(view: RunView, ctx: Context): Promise<ResourceView | null> {
  if (view.run.outputs) {
    const [only = null, ...others] = Object.values(view.run.outputs);
    return others.length === 0 ? artifactResource(only, ctx) : null;
  }
  const output = await lastStepOutput(view, ctx);
  return output ? viewFromOutput(output, ctx) : null;
}

async function lastStepOutput(view: RunView, ctx: Context): Promise<StepOutput | undefined> {
  if (view.run.state !== 'SUCCEEDED') return undefined;
  const planned = (await listSteps(view, ctx)).filter(({ role }) => role === undefined);
  return planned.at(-1)?.output;
}
