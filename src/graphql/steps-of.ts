import type { Output, StepRecord } from '../core/run.ts';
import { callerScope } from './caller-scope.ts';
import type { Context } from './context.ts';
import type { RunView } from './types/refs.ts';

/** The run's steps: those that came with it, otherwise from the store. */
export function stepsOf({ run, steps }: RunView, ctx: Context): readonly StepRecord[] | Promise<readonly StepRecord[]> {
  return steps ?? ctx.app.reader.steps(callerScope(ctx), run.id);
}

/** What a run that succeeded made: the output of its last step. */
export async function outputOf(view: RunView, ctx: Context): Promise<Output | undefined> {
  if (view.run.state !== 'SUCCEEDED') return undefined;
  return (await stepsOf(view, ctx)).at(-1)?.output;
}
