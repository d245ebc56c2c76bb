import type { Failure } from '../../core/run.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState, type RunState, type StepState } from '../../core/states.ts';
import { type MutableStep, type RunAggregate, stepOf } from '../model/run-aggregate.ts';
import { stateAfter } from './fail-attempt.ts';
import { isEnding, isIdle, isReady, rootCause } from './readiness.ts';
import { emit, expireApproval, failure, moveRun, moveStep, requestGather, type Transition } from './transition.ts';

/** Looks what follows from how the run stands: what may begin, what is over, whether all is. */
export function advance(turn: Transition): void {
  const { run: live } = turn;
  if (isFinalRunState(live.record.state)) return;
  for (const key of live.items.keys()) advanceItems(turn, stepOf(live, key));
  if (isEnding(live)) {
    // It may have been the end of one `for_each` that ends the run, and with it the others.
    for (const key of live.items.keys()) advanceItems(turn, stepOf(live, key));
    windDown(turn);
  } else {
    for (const step of live.topLevel) if (isReady(live, step)) prepare(turn, step);
    if (isIdle(live) && live.topLevel.every(({ state }) => isFinalStepState(state))) concludeRun(turn);
  }
  updateRunState(turn);
}

export function prepare(turn: Transition, step: MutableStep): void {
  turn.run.preparing.add(step.key);
  turn.effects.push({ type: 'prepare', step });
}

/** Begins as many items as may be under way, and ends the `for_each` when all are over. */
function advanceItems(turn: Transition, parent: MutableStep): void {
  const { run: live } = turn;
  const items = live.items.get(parent.key);
  // While its outputs are being gathered, nothing can be stopped any more.
  if (!items || parent.state !== 'RUNNING' || live.preparing.has(parent.key)) return;
  const failed =
    parent.terms?.onItemFailure !== 'collect' && items.failed > 0 && items.steps.find((s) => isFailedEnd(s.state));
  if (failed || isEnding(live)) {
    skipSteps(turn, items.steps);
    if (items.ended < items.steps.length || items.steps.some(({ key }) => live.preparing.has(key))) return;
    if (failed) {
      moveStep(turn, parent, stateAfter(failed.error?.code ?? 'INTERNAL'), { error: itemFailure(failed) });
      return;
    }
    if (items.steps.some(({ state }) => state === 'SKIPPED')) {
      moveStep(turn, parent, 'CANCELLED', { error: STOPPED_FAILURE });
      return;
    }
  }
  if (items.ended === items.steps.length) {
    requestGather(turn, parent);
    return;
  }
  let places = (parent.terms?.maxParallel ?? DEFAULT_MAX_PARALLEL_ITEMS) - items.inProgress;
  for (const key of live.preparing) places -= Number(live.steps.get(key)?.parent === parent.key);
  for (; places > 0 && items.nextIndex < items.steps.length; items.nextIndex += 1) {
    const step = items.steps[items.nextIndex] as MutableStep;
    if (!isReady(live, step)) continue;
    prepare(turn, step);
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
function windDown(turn: Transition): void {
  const { run: live } = turn;
  const planned = live.topLevel.filter(({ role }) => role === undefined);
  skipSteps(turn, planned);
  const undoing = live.topLevel.filter(({ role }) => role === 'compensation');
  if (undoing.length === 0) {
    if (!isIdle(live) || planned.some((step) => !isFinalStepState(step.state))) return;
    const wanted = live.record.error === undefined;
    if (!(wanted && compensate(turn))) {
      endRun(turn);
      return;
    }
  }
  for (const step of live.topLevel) if (step.role === 'compensation' && isReady(live, step)) prepare(turn, step);
  if (isIdle(live) && live.topLevel.every(({ state }) => isFinalStepState(state))) endRun(turn);
}

/** Adds what undoes the steps that succeeded, the last one first. @returns whether there is anything */
export function compensate(turn: Transition): boolean {
  const { run: live } = turn;
  const done = live.succeeded.filter((key) => {
    const { role, terms } = stepOf(live, key);
    return role === undefined && terms?.compensate !== undefined;
  });
  if (done.length === 0) return false;
  const steps = done.reverse().map((parent, i, all) => {
    const dependsOn = i === 0 ? [] : [`undo:${all[i - 1]}`];
    return { id: turn.newId('step'), key: `undo:${parent}`, parent, role: 'compensation', dependsOn } as const;
  });
  emit(turn, { type: 'STEPS_ADDED', at: turn.at, payload: { steps } });
  return true;
}

/** What has not begun to act ends without having acted. */
function skipSteps(turn: Transition, steps: readonly MutableStep[]): void {
  for (const step of steps) {
    if (!SKIPPABLE_STATES.includes(step.state)) continue;
    turn.run.preparing.delete(step.key);
    if (step.state === 'FAILED_RETRYABLE') {
      const error = step.error ?? STOPPED_FAILURE;
      moveStep(turn, step, stateAfter(error.code), { error });
      continue;
    }
    if (step.state === 'WAITING') expireApproval(turn, step);
    moveStep(turn, step, 'SKIPPED');
  }
}

const SKIPPABLE_STATES: readonly StepState[] = ['PENDING', 'SCHEDULED', 'WAITING', 'FAILED_RETRYABLE'];

function concludeRun(turn: Transition): void {
  if (turn.run.record.plan?.outputs === undefined) {
    moveRun(turn, 'SUCCEEDED');
    return;
  }
  if (turn.run.preparing.has(CONCLUSION_KEY)) return;
  turn.run.preparing.add(CONCLUSION_KEY);
  turn.effects.push({ type: 'conclude' });
}

/** Stands among the keys that are being prepared; no step can have it. */
export const CONCLUSION_KEY = '';

function endRun(turn: Transition): void {
  const { run: live } = turn;
  const { error } = live.record;
  if (error) {
    moveRun(turn, 'CANCELLED', { error });
    return;
  }
  const culprit = rootCause(live);
  const cause = culprit?.error ?? failure('INTERNAL', 'The run ended, and nothing says why.');
  moveRun(turn, runStateAfter(culprit), { error: { ...cause, ...(culprit && { step: culprit.key }) } });
}

function runStateAfter(culprit: MutableStep | undefined): RunState {
  const { state } = culprit ?? {};
  return state === 'DENIED' || state === 'TIMEOUT' || state === 'CANCELLED' ? state : 'FAILED';
}

/** RUNNING while something is at work, WAITING while all that is left waits. */
function updateRunState(turn: Transition): void {
  const { state, error } = turn.run.record;
  if (isFinalRunState(state)) return;
  const shown = derivedRunState(turn.run);
  if (shown && shown !== state) moveRun(turn, shown, error ? { error } : {});
}

function derivedRunState({ counts: count, preparing }: RunAggregate): RunState | undefined {
  if (count.active > 0) return 'RUNNING';
  return count.waiting > 0 && preparing.size === 0 ? 'WAITING' : undefined;
}
