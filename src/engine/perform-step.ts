import { performAgent, performKind, performTool } from './agents/perform-agent.ts';
import type { EffectHandlers } from './driver/effect-runner.ts';
import type { Attempt } from './model/attempt.ts';
import type { OutputCache } from './outputs/output-cache.ts';
import type { StoredOutput } from './outputs/store-output.ts';
import { performCommand, performQuery } from './steps/perform-command.ts';
import { performInPool } from './steps/perform-in-pool.ts';
import { performTransform } from './steps/perform-transform.ts';
import { inputOf } from './steps/prepare-step.ts';
import type { AgentStepDeps } from './steps/step-deps.ts';

export interface StepDeps extends AgentStepDeps {
  readonly cache: OutputCache;
  /** Starts or finds the run of a sub-workflow, and waits for its end. */
  performSubWorkflow(attempt: Attempt): Promise<Partial<StoredOutput>>;
}

/** Performs one step of any kind. */
export const performStep =
  (deps: StepDeps): EffectHandlers['act'] =>
  async (attempt) => {
    const performed = await perform(deps, attempt);
    if (performed.output) deps.cache.put(attempt.step, performed.output);
    return performed;
  };

function perform(deps: StepDeps, attempt: Attempt): Promise<Partial<StoredOutput>> {
  const { run, step } = attempt;
  const { kind, capability, terms } = step;
  if (kind === 'WORKFLOW') return deps.performSubWorkflow(attempt);
  const runtime = terms?.pool === undefined ? undefined : deps.capabilities.runtime(terms.pool);
  if (runtime) return deps.workspaces.within(attempt, (inner) => performInPool(deps, runtime, inner));
  switch (kind) {
    case 'COMMAND':
      return performCommand(deps, deps.capabilities.command(capability), inputOf(run, step), attempt);
    case 'QUERY':
      return performQuery(deps, deps.capabilities.query(capability), inputOf(run, step), attempt);
    case 'TRANSFORM':
      return performTransform(deps, inputOf(run, step), attempt);
    case 'TOOL':
      return deps.workspaces.within(attempt, (inner) => performTool(deps, inner));
    case 'AGENT':
      return deps.workspaces.within(attempt, (inner) => performAgent(deps, inner));
    case 'PLAN':
    case 'RESEARCH':
    case 'CODEGEN':
    case 'EVAL':
    case 'REPO':
    case 'NOTIFY':
      return deps.workspaces.within(attempt, (inner) => performKind(deps, inner));
    default:
      throw new Error(`a step of kind ${kind} is not performed, it waits`);
  }
}
