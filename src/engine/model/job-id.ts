import { stepIdOfJob } from '../../core/ids.ts';
import type { StepBody } from '../../core/run.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { MutableStep } from './run-aggregate.ts';

/** Whether the step is performed by a worker on the bus: a step of kind `job`, or one of a remote pool. */
export function isJob({ kind, terms }: Pick<StepBody, 'kind' | 'terms'>): boolean {
  return kind === 'JOB' || terms?.topic !== undefined;
}

/**
 * The id under which the current attempt of the step is sent: a new one for each attempt, but that of its client for the run
 * that the client submitted. A rerun, or a step that only names such an id, has another step.
 */
export function jobIdOf({ id, kind, attempt, input }: Pick<MutableStep, 'id' | 'kind' | 'attempt' | 'input'>): string {
  const clientId = kind === 'JOB' && isJsonObject(input) ? input.job_id : undefined;
  return typeof clientId === 'string' && stepIdOfJob(clientId) === id ? clientId : `${id}-${attempt}`;
}
