import type { Failure } from '../../core/run.ts';
import { isFinalRunState, type RunState } from '../../core/run-state.ts';
import { isBadEnd, isFinalStepState, type StepState } from '../../core/step-state.ts';
import { type LiveRun, type LiveStep, stepOf } from '../model/run-aggregate.ts';
import { stateAfter } from './fail-attempt.ts';
import { culpritOf, isEnding, isQuiet, isReady } from './readiness.ts';
import { emit, expireApproval, failure, gather, moveRun, moveStep, type Turn } from './transition.ts';

/** Looks what follows from how the run stands: what may begin, what is over, whether all is. */
export function advance(turn: Turn): void {
  const { live } = turn;
  if (isFinalRunState(live.run.state)) return;
  for (const key of live.items.keys()) advanceItems(turn, stepOf(live, key));
  if (isEnding(live)) {
    // It may have been the end of one `for_each` that ends the run, and with it the others.
    for (const key of live.items.keys()) advanceItems(turn, stepOf(live, key));
    wind(turn);
  } else {
    for (const step of live.top) if (isReady(live, step)) prepare(turn, step);
    if (isQuiet(live) && live.top.every(({ state }) => isFinalStepState(state))) conclude(turn);
  }
  showState(turn);
}

export function prepare(turn: Turn, step: LiveStep): void {
  turn.live.preparing.add(step.key);
  turn.effects.push({ type: 'prepare', step });
}

/** Begins as many items as may be under way, and ends the `for_each` when all are over. */
function advanceItems(turn: Turn, parent: LiveStep): void {
  const { live } = turn;
  const items = live.items.get(parent.key);
  // While its outputs are being gathered, nothing can be stopped any more.
  if (!items || parent.state !== 'RUNNING' || live.preparing.has(parent.key)) return;
  const failed =
    parent.terms?.onItemFailure !== 'collect' && items.bad > 0 && items.steps.find((s) => isBadEnd(s.state));
  if (failed || isEnding(live)) {
    skip(turn, items.steps);
    if (items.ended < items.steps.length || items.steps.some(({ key }) => live.preparing.has(key))) return;
    if (failed) {
      moveStep(turn, parent, stateAfter(failed.error?.code ?? 'INTERNAL'), { error: itemFailure(failed) });
      return;
    }
    if (items.steps.some(({ state }) => state === 'SKIPPED')) {
      moveStep(turn, parent, 'CANCELLED', { error: STOPPED });
      return;
    }
  }
  if (items.ended === items.steps.length) {
    gather(turn, parent);
    return;
  }
  let places = (parent.terms?.maxParallel ?? DEFAULT_PARALLEL) - items.underWay;
  for (const key of live.preparing) places -= Number(live.steps.get(key)?.parent === parent.key);
  for (; places > 0 && items.next < items.steps.length; items.next += 1) {
    const step = items.steps[items.next] as LiveStep;
    if (!isReady(live, step)) continue;
    prepare(turn, step);
    places -= 1;
  }
}

const DEFAULT_PARALLEL = 16;

function itemFailure({ index, error }: LiveStep): Failure {
  const cause = error ?? failure('INTERNAL', 'It failed.');
  return { ...cause, message: `Item ${index}: ${cause.message}` };
}

const STOPPED = failure('CANCELLED', 'It was stopped because the run is ending.');

/** The run ends badly: what has not begun does not begin, what was done is undone, then it is over. */
function wind(turn: Turn): void {
  const { live } = turn;
  const planned = live.top.filter(({ role }) => role === undefined);
  skip(turn, planned);
  const undoing = live.top.filter(({ role }) => role === 'compensation');
  if (undoing.length === 0) {
    if (!isQuiet(live) || planned.some((step) => !isFinalStepState(step.state))) return;
    const wanted = live.run.error === undefined;
    if (!(wanted && compensate(turn))) {
      end(turn);
      return;
    }
  }
  for (const step of live.top) if (step.role === 'compensation' && isReady(live, step)) prepare(turn, step);
  if (isQuiet(live) && live.top.every(({ state }) => isFinalStepState(state))) end(turn);
}

/** Adds what undoes the steps that succeeded, the last one first. @returns whether there is anything */
export function compensate(turn: Turn): boolean {
  const { live } = turn;
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
function skip(turn: Turn, steps: readonly LiveStep[]): void {
  for (const step of steps) {
    if (!IDLE.includes(step.state)) continue;
    turn.live.preparing.delete(step.key);
    if (step.state === 'FAILED_RETRYABLE') {
      const error = step.error ?? STOPPED;
      moveStep(turn, step, stateAfter(error.code), { error });
      continue;
    }
    if (step.state === 'WAITING') expireApproval(turn, step);
    moveStep(turn, step, 'SKIPPED');
  }
}

const IDLE: readonly StepState[] = ['PENDING', 'SCHEDULED', 'WAITING', 'FAILED_RETRYABLE'];

function conclude(turn: Turn): void {
  if (turn.live.run.plan?.outputs === undefined) {
    moveRun(turn, 'SUCCEEDED');
    return;
  }
  if (turn.live.preparing.has(CONCLUSION)) return;
  turn.live.preparing.add(CONCLUSION);
  turn.effects.push({ type: 'conclude' });
}

/** Stands among the keys that are being prepared; no step can have it. */
export const CONCLUSION = '';

function end(turn: Turn): void {
  const { live } = turn;
  const { error } = live.run;
  if (error) {
    moveRun(turn, 'CANCELLED', { error });
    return;
  }
  const culprit = culpritOf(live);
  const cause = culprit?.error ?? failure('INTERNAL', 'The run ended, and nothing says why.');
  moveRun(turn, runStateAfter(culprit), { error: { ...cause, ...(culprit && { step: culprit.key }) } });
}

function runStateAfter(culprit: LiveStep | undefined): RunState {
  const { state } = culprit ?? {};
  return state === 'DENIED' || state === 'TIMEOUT' || state === 'CANCELLED' ? state : 'FAILED';
}

/** RUNNING while something is at work, WAITING while all that is left waits. */
function showState(turn: Turn): void {
  const { state, error } = turn.live.run;
  if (isFinalRunState(state)) return;
  const shown = shownState(turn.live);
  if (shown && shown !== state) moveRun(turn, shown, error ? { error } : {});
}

function shownState({ count, preparing }: LiveRun): RunState | undefined {
  if (count.active > 0) return 'RUNNING';
  return count.waiting > 0 && preparing.size === 0 ? 'WAITING' : undefined;
}
