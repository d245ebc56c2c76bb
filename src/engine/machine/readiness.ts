import { isFinalStepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';

/** The step for which the run fails: the first of those that failed. Steps that were stopped because of it come later. */
export function rootCause(run: RunAggregate): MutableStep | undefined {
  for (const key of run.failed) {
    const step = stepOf(run, key);
    if (step.terms?.continueOnError !== true) return step;
  }
  return undefined;
}

/** True when the run is about to fail: no planned step begins any longer. An error in the record is a cancellation. */
export function isEnding(run: RunAggregate): boolean {
  return run.record.error !== undefined || rootCause(run) !== undefined;
}

/** True when the run has compensations. */
export function isUndoing(run: RunAggregate): boolean {
  return run.topLevel.some(({ role }) => role === 'compensation');
}

/** True when no step is active, waits or is being prepared. */
export function isIdle({ counts, preparing }: RunAggregate): boolean {
  return counts.active === 0 && counts.waiting === 0 && preparing.size === 0;
}

/** True when the step may begin. A compensation waits until the one before it has ended; other steps for success. */
export function isReady(run: RunAggregate, step: MutableStep): boolean {
  if (step.state !== 'PENDING' || run.preparing.has(step.key)) return false;
  for (const key of step.dependsOn) {
    const need = stepOf(run, key);
    if (!isFinalStepState(need.state)) return false;
    const isSatisfied = need.state === 'SUCCEEDED' || need.state === 'SKIPPED' || need.terms?.continueOnError === true;
    if (!isSatisfied && step.role !== 'compensation') return false;
  }
  return true;
}
