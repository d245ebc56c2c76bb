import type { Failure } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type RunState, type StepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';
import { stateAfter } from './fail-attempt.ts';
import { isEnding, isIdle, isReady, rootCause } from './readiness.ts';
import { emit, expireApproval, failure, moveRun, moveStep, requestGather, type Transition } from './transition.ts';

/** Looks what follows from how the run stands: what may begin, what is over, whether all is. */
export function advance(transition: Transition): void {
  const { run } = transition;
  if (isFinalRunState(run.record.state)) return;
  for (const key of run.items.keys()) advanceItems(transition, stepOf(run, key));
  if (isEnding(run)) {
    // It may have been the end of one `for_each` that ends the run, and with it the others.
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

/** Begins as many items as may be under way, and ends the `for_each` when all are over. */
function advanceItems(transition: Transition, parent: MutableStep): void {
  const { run } = transition;
  const items = run.items.get(parent.key);
  // While its outputs are being gathered, nothing can be stopped any more.
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
  let places = (parent.terms?.maxParallel ?? DEFAULT_MAX_PARALLEL_ITEMS) - items.inProgress;
  for (const key of run.preparing) places -= Number(run.steps.get(key)?.parent === parent.key);
  for (; places > 0 && items.nextIndex < items.steps.length; items.nextIndex += 1) {
    const step = items.steps[items.nextIndex] as MutableStep;
    if (!isReady(run, step)) continue;
    prepare(transition, step);
    places -= 1;
  }
}

const DEFAULT_MAX_PARALLEL_ITEMS = 16;

function itemFailure({ index, error }: MutableStep): Failure {
  const cause = error ?? failure('INTERNAL', 'It failed.');
  return { ...cause, message: `Item ${index}: ${cause.message}` };
}

const STOPPED_FAILURE = failure('CANCELLED', 'It was stopped because the run is ending.');

/** The run ends badly: what has not begun does not begin, what was done is undone, then it is over. */
function windDown(transition: Transition): void {
  const { run } = transition;
  const planned = run.topLevel.filter(({ role }) => role === undefined);
  skipSteps(transition, planned);
  const undoing = run.topLevel.filter(({ role }) => role === 'compensation');
  if (undoing.length === 0) {
    if (!isIdle(run) || planned.some((step) => !isFinalStepState(step.state))) return;
    const wanted = run.record.error === undefined;
    if (!(wanted && compensate(transition))) {
      endRun(transition);
      return;
    }
  }
  for (const step of run.topLevel) if (step.role === 'compensation' && isReady(run, step)) prepare(transition, step);
  if (isIdle(run) && run.topLevel.every(({ state }) => isFinalStepState(state))) endRun(transition);
}

/** Adds what undoes the steps that succeeded, the last one first. @returns whether there is anything */
export function compensate(transition: Transition): boolean {
  const { run } = transition;
  const done = run.succeeded.filter((key) => {
    const { role, terms } = stepOf(run, key);
    return role === undefined && terms?.compensate !== undefined;
  });
  if (done.length === 0) return false;
  const steps = done.reverse().map((parent, i, all) => {
    const dependsOn = i === 0 ? [] : [`undo:${all[i - 1]}`];
    return { id: transition.newId('step'), key: `undo:${parent}`, parent, role: 'compensation', dependsOn } as const;
  });
  emit(transition, { type: 'STEPS_ADDED', at: transition.at, payload: { steps } });
  return true;
}

/** What has not begun to act ends without having acted. */
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

/** Stands among the keys that are being prepared; no step can have it. */
export const CONCLUSION_KEY = '';

function endRun(transition: Transition): void {
  const { run } = transition;
  const { error } = run.record;
  if (error) {
    moveRun(transition, 'CANCELLED', { error });
    return;
  }
  const culprit = rootCause(run);
  const cause = culprit?.error ?? failure('INTERNAL', 'The run ended, and nothing says why.');
  moveRun(transition, runStateAfter(culprit), { error: { ...cause, ...(culprit && { step: culprit.key }) } });
}

function runStateAfter(culprit: MutableStep | undefined): RunState {
  const { state } = culprit ?? {};
  return state === 'DENIED' || state === 'TIMEOUT' || state === 'CANCELLED' ? state : 'FAILED';
}

/** RUNNING while something is at work, WAITING while all that is left waits. */
function updateRunState(transition: Transition): void {
  const { state, error } = transition.run.record;
  if (isFinalRunState(state)) return;
  const shown = derivedRunState(transition.run);
  if (shown && shown !== state) moveRun(transition, shown, error ? { error } : {});
}

function derivedRunState({ counts: count, preparing }: RunAggregate): RunState | undefined {
  if (count.active > 0) return 'RUNNING';
  return count.waiting > 0 && preparing.size === 0 ? 'WAITING' : undefined;
}
