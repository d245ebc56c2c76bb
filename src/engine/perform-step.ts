import type { NewEvent } from '../core/event.ts';
import type { Capabilities } from './capabilities.ts';
import type { Hands } from './drive-run.ts';
import type { LiveRun, LiveStep } from './machine/live-run.ts';
import type { OutputCache } from './output-cache.ts';
import { type PerformDeps, performCommand } from './perform-command.ts';
import { performQuery } from './perform-query.ts';
import { performTransform } from './perform-transform.ts';
import { inputOf } from './prepare-step.ts';
import type { Performed } from './settle.ts';

export interface StepDeps extends PerformDeps {
  readonly capabilities: Capabilities;
  readonly cache: OutputCache;
  /** Starts the run of a sub-workflow, or finds it when it was started before, and waits for its end. */
  performWorkflow(live: LiveRun, step: LiveStep, signal: AbortSignal): Promise<Partial<Performed>>;
}

/** Does one step, whatever its kind. */
export const performStep =
  (deps: StepDeps): Hands['act'] =>
  async (live, step, note, signal) => {
    const performed = await perform(deps, live, step, note, signal);
    if (performed.output) deps.cache.keep(step, performed.output);
    return performed;
  };

function perform(
  deps: StepDeps,
  live: LiveRun,
  step: LiveStep,
  note: (event: NewEvent) => void,
  signal: AbortSignal,
): Promise<Partial<Performed>> {
  switch (step.kind) {
    case 'COMMAND': {
      const command = deps.capabilities.command(step.capability);
      return performCommand(deps, command, inputOf(live, step), live, step, note, signal);
    }
    case 'QUERY': {
      const query = deps.capabilities.query(step.capability);
      return performQuery(deps, query, inputOf(live, step), live, step, note, signal);
    }
    case 'TRANSFORM':
      return performTransform(deps, inputOf(live, step), step, signal);
    case 'WORKFLOW':
      return deps.performWorkflow(live, step, signal);
    default:
      throw new Error(`a step of kind ${step.kind} is not done, it waits`);
  }
}
