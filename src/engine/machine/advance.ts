import type { Failure } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type RunState, type StepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';
import { stateAfter } from './fail-attempt.ts';
import { isEnding, isIdle, isReady, isUndoing, rootCause } from './readiness.ts';
import { emit, expireApproval, failure, moveRun, moveStep, requestGather, type Transition } from './transition.ts';

/** Decides what follows from the state of the run: which steps begin, which end, and whether the run ends. */
export function advance(transition: Transition): void {
  const { run } = transition;
  if (isFinalRunState(run.record.state)) return;
  for (const key of run.items.keys()) advanceItems(transition, stepOf(run, key));
  if (isEnding(run)) {
    // One `for_each` may have failed just now, which ends the run and with it the other ones.
    for (const key of run.items.keys()) advanceItems(transition, stepOf(run, key));
    windDown(transition);
  } else {
    for (const step of run.topLevel) if (isReady(run, step)) prepare(transition, step);
    if (isIdle(run) && run.topLevel.every(({ state }) => isFinalStepState(state))) concludeRun(transition);
  }
  updateRunState(transition);
}

export function prepare(transition: Transition, step: MutableStep): void {
  transition.run.preparing.add(step.key);
  transition.effects.push({ type: 'prepare', step });
}

/** Begins as many items as `max_parallel` allows, and ends the `for_each` when all have ended. */
function advanceItems(transition: Transition, parent: MutableStep): void {
  const { run } = transition;
  const items = run.items.get(parent.key);
  // While its outputs are being collected, there is nothing left to stop.
  if (!items || parent.state !== 'RUNNING' || run.preparing.has(parent.key)) return;
  const failed =
    parent.terms?.onItemFailure !== 'collect' && items.failed > 0 && items.steps.find((s) => isFailedEnd(s.state));
  if (failed || isEnding(run)) {
    skipSteps(transition, items.steps);
    if (items.ended < items.steps.length || items.steps.some(({ key }) => run.preparing.has(key))) return;
    if (failed) {
      moveStep(transition, parent, stateAfter(failed.error?.code ?? 'INTERNAL'), { error: itemFailure(failed) });
      return;
    }
    if (items.steps.some(({ state }) => state === 'SKIPPED')) {
      moveStep(transition, parent, 'CANCELLED', { error: STOPPED_FAILURE });
      return;
    }
  }
  if (items.ended === items.steps.length) {
    requestGather(transition, parent);
    return;
  }
  let capacity = (parent.terms?.maxParallel ?? DEFAULT_MAX_PARALLEL_ITEMS) - items.inProgress;
  for (const key of run.preparing) capacity -= Number(run.steps.get(key)?.parent === parent.key);
  for (; capacity > 0 && items.nextIndex < items.steps.length; items.nextIndex += 1) {
    const step = items.steps[items.nextIndex] as MutableStep;
    if (!isReady(run, step)) continue;
    prepare(transition, step);
    capacity -= 1;
  }
}

const DEFAULT_MAX_PARALLEL_ITEMS = 16;

function itemFailure({ index, error }: MutableStep): Failure {
  const cause = error ?? failure('INTERNAL', 'It failed.');
  return { ...cause, message: `Item ${index}: ${cause.message}` };
}

const STOPPED_FAILURE = failure('CANCELLED', 'It was stopped because the run is ending.');

/** The run fails: steps that have not begun are skipped, compensations undo what was done, then it ends. */
function windDown(transition: Transition): void {
  const { run } = transition;
  const planned = run.topLevel.filter(({ role }) => role === undefined);
  skipSteps(transition, planned);
  if (!isUndoing(run)) {
    if (!isIdle(run) || planned.some((step) => !isFinalStepState(step.state))) return;
    const isCancelled = run.record.error !== undefined;
    if (isCancelled || !compensate(transition)) {
      endRun(transition);
      return;
    }
  }
  for (const step of run.topLevel) if (step.role === 'compensation' && isReady(run, step)) prepare(transition, step);
  if (isIdle(run) && run.topLevel.every(({ state }) => isFinalStepState(state))) endRun(transition);
}

/** Adds compensations for the steps that succeeded, the last one first. @returns whether there are any */
export function compensate(transition: Transition): boolean {
  const { run } = transition;
  const keys = run.succeeded.filter((key) => {
    const { role, terms } = stepOf(run, key);
    return role === undefined && terms?.compensate !== undefined;
  });
  if (keys.length === 0) return false;
  const steps = keys.reverse().map((parent, i, all) => {
    const dependsOn = i === 0 ? [] : [`undo:${all[i - 1]}`];
    return { id: transition.newId('step'), key: `undo:${parent}`, parent, role: 'compensation', dependsOn } as const;
  });
  emit(transition, { type: 'STEPS_ADDED', at: transition.at, payload: { steps } });
  return true;
}

/** Ends the steps that do not act yet. */
function skipSteps(transition: Transition, steps: readonly MutableStep[]): void {
  for (const step of steps) {
    if (!SKIPPABLE_STATES.includes(step.state)) continue;
    transition.run.preparing.delete(step.key);
    if (step.state === 'FAILED_RETRYABLE') {
      const error = step.error ?? STOPPED_FAILURE;
      moveStep(transition, step, stateAfter(error.code), { error });
      continue;
    }
    if (step.state === 'WAITING') expireApproval(transition, step);
    moveStep(transition, step, 'SKIPPED');
  }
}

const SKIPPABLE_STATES: readonly StepState[] = ['PENDING', 'SCHEDULED', 'WAITING', 'FAILED_RETRYABLE'];

function concludeRun(transition: Transition): void {
  if (transition.run.record.plan?.outputs === undefined) {
    moveRun(transition, 'SUCCEEDED');
    return;
  }
  if (transition.run.preparing.has(CONCLUSION_KEY)) return;
  transition.run.preparing.add(CONCLUSION_KEY);
  transition.effects.push({ type: 'conclude' });
}

/** Marks in `preparing` that the outputs of the run are being evaluated; no step can have this key. */
export const CONCLUSION_KEY = '';

function endRun(transition: Transition): void {
  const { run } = transition;
  const { error } = run.record;
  if (error) {
    moveRun(transition, 'CANCELLED', { error });
    return;
  }
  const step = rootCause(run);
  const cause = step?.error ?? failure('INTERNAL', 'The run ended without a recorded reason.');
  moveRun(transition, runStateAfter(step), { error: { ...cause, ...(step && { step: step.key }) } });
}

function runStateAfter(step: MutableStep | undefined): RunState {
  const { state } = step ?? {};
  return state === 'DENIED' || state === 'TIMEOUT' || state === 'CANCELLED' ? state : 'FAILED';
}

/** RUNNING while a step is active, WAITING while all remaining steps wait. */
function updateRunState(transition: Transition): void {
  const { state, error } = transition.run.record;
  if (isFinalRunState(state)) return;
  const derived = derivedRunState(transition.run);
  if (derived && derived !== state) moveRun(transition, derived, error ? { error } : {});
}

function derivedRunState({ counts, preparing }: RunAggregate): RunState | undefined {
  if (counts.active > 0) return 'RUNNING';
  return counts.waiting > 0 && preparing.size === 0 ? 'WAITING' : undefined;
}
