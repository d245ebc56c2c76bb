import { isFinalStepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';

/** The step for which the run ends badly: of those that failed, the first. What is stopped because of it comes after. */
export function rootCause(live: RunAggregate): MutableStep | undefined {
  for (const key of live.failed) {
    const step = stepOf(live, key);
    if (step.terms?.continueOnError !== true) return step;
  }
  return undefined;
}

/** True when the run goes to its bad end: nothing that was planned begins any more. A reason that stands is a cancellation. */
export function isEnding(live: RunAggregate): boolean {
  return live.record.error !== undefined || rootCause(live) !== undefined;
}

/** What was done is being undone, or has been. */
export function isUndoing(live: RunAggregate): boolean {
  return live.topLevel.some(({ role }) => role === 'compensation');
}

/** Nothing of the run is at work or about to be. */
export function isIdle({ counts: count, preparing }: RunAggregate): boolean {
  return count.active === 0 && count.waiting === 0 && preparing.size === 0;
}

/** A compensation only waits for the one before it to be over; anything else for what it needs to have gone well. */
export function isReady(live: RunAggregate, step: MutableStep): boolean {
  if (step.state !== 'PENDING' || live.preparing.has(step.key)) return false;
  for (const key of step.dependsOn) {
    const need = stepOf(live, key);
    if (!isFinalStepState(need.state)) return false;
    const fine = need.state === 'SUCCEEDED' || need.state === 'SKIPPED' || need.terms?.continueOnError === true;
    if (!fine && step.role !== 'compensation') return false;
  }
  return true;
}
