import { isFinalStepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';

/** The step for which the run ends badly: of those that failed, the first. What is stopped because of it comes after. */
export function rootCause(run: RunAggregate): MutableStep | undefined {
  for (const key of run.failed) {
    const step = stepOf(run, key);
    if (step.terms?.continueOnError !== true) return step;
  }
  return undefined;
}

/** True when the run goes to its bad end: nothing that was planned begins any more. A reason that stands is a cancellation. */
export function isEnding(run: RunAggregate): boolean {
  return run.record.error !== undefined || rootCause(run) !== undefined;
}

/** What was done is being undone, or has been. */
export function isUndoing(run: RunAggregate): boolean {
  return run.topLevel.some(({ role }) => role === 'compensation');
}

/** Nothing of the run is at work or about to be. */
export function isIdle({ counts: count, preparing }: RunAggregate): boolean {
  return count.active === 0 && count.waiting === 0 && preparing.size === 0;
}

/** A compensation only waits for the one before it to be over; anything else for what it needs to have gone well. */
export function isReady(run: RunAggregate, step: MutableStep): boolean {
  if (step.state !== 'PENDING' || run.preparing.has(step.key)) return false;
  for (const key of step.dependsOn) {
    const need = stepOf(run, key);
    if (!isFinalStepState(need.state)) return false;
    const fine = need.state === 'SUCCEEDED' || need.state === 'SKIPPED' || need.terms?.continueOnError === true;
    if (!fine && step.role !== 'compensation') return false;
  }
  return true;
}
