import { Fault } from '../core/errors.ts';
import { performAgent, performKind, performTool } from './agents/perform-agent.ts';
import type { EffectHandlers } from './driver/effect-runner.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Attempt } from './model/attempt.ts';
import { isJob } from './model/job-id.ts';
import type { ScopeDeps } from './outputs/expression-scope.ts';
import type { OutputCache } from './outputs/output-cache.ts';
import type { StoredOutput } from './outputs/store-output.ts';
import { withBatchInput } from './steps/batch-input.ts';
import { performCommand, performQuery } from './steps/perform-command.ts';
import { performInPool } from './steps/perform-in-pool.ts';
import { performTransform } from './steps/perform-transform.ts';
import { inputOf } from './steps/prepare-step.ts';
import type { AgentStepDeps } from './steps/step-deps.ts';

export interface StepDeps extends AgentStepDeps, ScopeDeps {
  readonly cache: OutputCache;
  /** Starts or finds the run of a sub-workflow, and waits for its end. */
  readonly jobs?: Pick<Jobs, 'perform'> | undefined;
  performSubWorkflow(attempt: Attempt): Promise<Partial<StoredOutput>>;
}

/** Performs one step of any kind. */
export const performStep =
  (deps: StepDeps): EffectHandlers['act'] =>
  async (attempt) => {
    const performed = await perform(deps, await withBatchInput(deps, attempt));
    if (performed.output) deps.cache.put(attempt.step, performed.output);
    return performed;
  };

function perform(deps: StepDeps, attempt: Attempt): Promise<Partial<StoredOutput>> {
  const { step } = attempt;
  if (step.kind === 'WORKFLOW') return deps.performSubWorkflow(attempt);
  if (isJob(step)) {
    if (deps.jobs) return deps.jobs.perform(attempt);
    throw new Fault('UNAVAILABLE', 'This server sends no jobs: it has no bus. Set NATS_URL, and restart it.');
  }
  return performHere(deps, attempt);
}

/** Performs a step that is neither a job nor a workflow, in this process or the runtime of its pool. */
export function performHere(deps: AgentStepDeps, attempt: Attempt): Promise<StoredOutput> {
  const { run, step } = attempt;
  const { kind, capability, terms } = step;
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
    case 'APPROVAL':
    case 'SLEEP':
    case 'SIGNAL':
      throw new Error(`a step of kind ${kind} is not performed, it waits`);
    default:
      return deps.workspaces.within(attempt, (inner) => performKind(deps, inner));
  }
}
