import type { PlannedStep, StepRecord } from '../../core/run.ts';
import { isFinalStepState } from '../../core/states.ts';
import type { InitialInput } from '../model/machine-input.ts';
import { emit, moveRun, moveStep, type Transition } from './transition.ts';

/** Ends the run before its first step. */
export function onDenied(transition: Transition, input: Extract<InitialInput, { type: 'denied' }>): void {
  const { run, at } = transition;
  const { decision, failure, step: key } = input;
  const step = key === undefined ? {} : { step: key };
  if (decision) emit(transition, { type: 'POLICY_DECIDED', at, ...step, payload: { decision } });
  for (const planned of run.topLevel) {
    if (planned.key === key) moveStep(transition, planned, 'DENIED', { error: failure });
    else moveStep(transition, planned, 'SKIPPED');
  }
  moveRun(transition, 'DENIED', { error: { ...failure, ...step } });
}

/** Copies the results of the steps that do not depend on the one to repeat from. */
export function onResumedFrom(transition: Transition, input: Extract<InitialInput, { type: 'resumedFrom' }>): void {
  const { run, at } = transition;
  const repeated = descendantsOf(run.topLevel, input.step);
  const earlier = new Map(input.earlier.map((step) => [step.key, step]));
  for (const step of run.topLevel) {
    const result = earlier.get(step.key);
    if (!result || repeated.has(step.key) || !isReusable(result)) continue;
    const { state, attempt, output, error } = result;
    if (output && output.text === undefined) {
      // The new run holds the bytes as well, so that they outlast the earlier one.
      const { digest, mediaType, size } = output;
      const payload = { id: transition.newId('art'), name: step.key, digest, mediaType, size };
      emit(transition, { type: 'ARTIFACT_CREATED', at, step: step.key, payload });
    }
    moveStep(transition, step, state, { attempt, ...(output && { output }), ...(error && { error }) });
  }
}

/** The step and all steps that depend on it, directly or not. */
export function descendantsOf(
  steps: readonly Pick<PlannedStep, 'key' | 'dependsOn'>[],
  from: string,
): ReadonlySet<string> {
  const descendants = new Set([from]);
  for (let size = 0; size < descendants.size; ) {
    size = descendants.size;
    for (const { key, dependsOn } of steps) {
      if (dependsOn.some((need) => descendants.has(need))) descendants.add(key);
    }
  }
  return descendants;
}

/**
 * True when a rerun can use what the step did. A step that was SKIPPED is looked at again: its condition may have been
 * false, or the run was ending.
 */
export function isReusable({ state, terms }: Pick<StepRecord, 'state' | 'terms'>): boolean {
  return state === 'SUCCEEDED' || (terms?.continueOnError === true && isFinalStepState(state) && state !== 'SKIPPED');
}
