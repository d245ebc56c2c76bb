import type { NewEvent } from '../../core/event.ts';
import { isFinalRunState } from '../../core/run-state.ts';
import { isBadEnd, isFinalStepState } from '../../core/step-state.ts';
import type { Effect, Signal } from '../model/machine-input.ts';
import { hasBegun, isParent, type LiveRun, type LiveStep, signalName } from '../model/run-aggregate.ts';
import { advance, CONCLUSION, compensate, prepare } from './advance.ts';
import { failAttempt } from './fail-attempt.ts';
import { onPrepared } from './on-prepared.ts';
import { isUndoing } from './readiness.ts';
import {
  emit,
  expireApproval,
  failure,
  gather,
  moveRun,
  moveStep,
  type Now,
  openApproval,
  queue,
  type Turn,
  waitUntil,
} from './transition.ts';

/** What came of a signal. The run itself has moved on by the events. */
export interface Move {
  readonly events: readonly NewEvent[];
  readonly effects: readonly Effect[];
}

/**
 * What the engine is: a run and one signal in; the events that say what came of it, and what is to be done, out. Moves
 * the run on by these events and nothing else. Knows no clock, database or network; the same run, signal and `now` give
 * the same answer. A signal that comes too late changes nothing.
 */
export function next(live: LiveRun, signal: Signal, now: Now): Move {
  const turn: Turn = { live, ...now, events: [], effects: [] };
  if (signal.type === 'retried') retry(turn, signal.step);
  else if (!isFinalRunState(live.run.state)) take(turn, signal);
  return turn;
}

function take(turn: Turn, signal: Signal): void {
  const { live } = turn;
  switch (signal.type) {
    case 'started':
      break;
    case 'recovered':
      recover(turn);
      break;
    case 'signalled':
      receive(turn, signal);
      break;
    case 'decided':
      decide(turn, signal);
      break;
    case 'cancelled':
      cancel(turn, signal);
      break;
    case 'concluded':
      if (!live.preparing.delete(CONCLUSION)) return;
      if (signal.failure) moveRun(turn, 'FAILED', { error: signal.failure });
      else moveRun(turn, 'SUCCEEDED', signal.outputs ? { outputs: signal.outputs } : {});
      return;
    case 'retried':
      return;
    default: {
      const step = live.steps.get(signal.step);
      if (!step || !takeOfStep(turn, step, signal)) return;
    }
  }
  advance(turn);
}

type OfStep = Extract<Signal, { readonly type: 'prepared' | 'begun' | 'succeeded' | 'failed' | 'paused' | 'woke' }>;

/** @returns whether it changed anything */
function takeOfStep(turn: Turn, step: LiveStep, signal: OfStep): boolean {
  switch (signal.type) {
    case 'prepared':
      return turn.live.preparing.delete(step.key) && onPrepared(turn, step, signal.prepared);
    case 'begun':
      return begin(turn, step);
    case 'woke':
      return wake(turn, step);
    case 'succeeded': {
      if (!isUnderWay(step) || signal.attempt !== step.attempt) return false;
      turn.live.preparing.delete(step.key);
      const { output, artifact } = signal;
      if (artifact && output) {
        const { digest, mediaType, size } = output;
        const payload = { ...artifact, digest, mediaType, size };
        emit(turn, { type: 'ARTIFACT_CREATED', at: turn.at, step: step.key, payload });
      }
      moveStep(turn, step, 'SUCCEEDED', output ? { output } : {});
      return true;
    }
    case 'failed':
      if (!isUnderWay(step) || signal.attempt !== step.attempt) return false;
      turn.live.preparing.delete(step.key);
      failAttempt(turn, step, signal.failure);
      return true;
    case 'paused': {
      if (!isUnderWay(step) || signal.attempt !== step.attempt) return false;
      const { reason, call } = signal;
      waitUntil(turn, step, 'WAITING');
      const payload = { id: turn.newId('apr'), reason, call };
      emit(turn, { type: 'APPROVAL_REQUESTED', at: turn.at, step: step.key, payload });
      return true;
    }
  }
}

function isUnderWay({ state }: LiveStep): boolean {
  return state === 'RUNNING' || state === 'DISPATCHED';
}

function begin(turn: Turn, step: LiveStep): boolean {
  if (step.state === 'SCHEDULED') {
    // One that paused goes on: that is no further attempt.
    const attempt = step.attempt + Number(turn.live.marks.get(step.key)?.paused !== true);
    moveStep(turn, step, step.effect === 'pure' ? 'RUNNING' : 'DISPATCHED', { attempt });
  } else if (!isUnderWay(step)) return false;
  turn.effects.push({ type: 'act', step });
  return true;
}

function wake(turn: Turn, step: LiveStep): boolean {
  if (!step.wakeAt || step.wakeAt > turn.at || turn.live.preparing.has(step.key)) return false;
  if (step.state === 'FAILED_RETRYABLE') prepare(turn, step);
  else if (step.state !== 'WAITING') return false;
  else if (openApproval(turn, step)) {
    expireApproval(turn, step);
    moveStep(turn, step, 'TIMEOUT', { error: failure('TIMEOUT', 'Nobody decided in time.') });
  } else if (!hasBegun(turn.live, step)) prepare(turn, step);
  else if (step.kind === 'SLEEP') moveStep(turn, step, 'SUCCEEDED');
  else if (step.kind === 'SIGNAL') {
    const message = `The signal ${signalName(step)} did not come in time.`;
    moveStep(turn, step, 'TIMEOUT', { error: failure('TIMEOUT', message) });
  } else prepare(turn, step);
  return true;
}

function receive(turn: Turn, { id, name, payload, output }: Extract<Signal, { type: 'signalled' }>): void {
  if (turn.live.seen.has(id)) return;
  emit(turn, {
    type: 'SIGNAL_RECEIVED',
    at: turn.at,
    payload: { id, name, ...(payload !== undefined && { payload }) },
  });
  for (const step of turn.live.steps.values()) {
    if (step.kind !== 'SIGNAL' || step.state !== 'WAITING' || signalName(step) !== name) continue;
    if (!hasBegun(turn.live, step)) continue;
    moveStep(turn, step, 'SUCCEEDED', { output });
    return;
  }
}

function decide(turn: Turn, signal: Extract<Signal, { type: 'decided' }>): void {
  const { approvalId: id, by, approve, comment, output } = signal;
  const open = turn.live.approvals.get(id);
  const step = open && turn.live.steps.get(open.step);
  if (step?.state !== 'WAITING') return;
  const said = { by, ...(comment !== undefined && { comment }) };
  const payload = { id, state: approve ? 'APPROVED' : 'REJECTED', ...said } as const;
  emit(turn, { type: 'APPROVAL_DECIDED', at: turn.at, step: step.key, payload });
  if (open?.call !== undefined) {
    // Either way it goes on: what calls a tool can do without it.
    moveStep(turn, step, 'SCHEDULED');
    queue(turn, step);
    return;
  }
  if (!approve) {
    const message = `${by.username} did not approve it${comment === undefined ? '.' : `: ${comment}`}`;
    moveStep(turn, step, 'DENIED', { error: failure('FORBIDDEN', message) });
    return;
  }
  if (step.kind === 'APPROVAL') {
    moveStep(turn, step, 'SUCCEEDED', { output });
    return;
  }
  if (waitsByItself(step)) {
    prepare(turn, step);
    return;
  }
  moveStep(turn, step, 'SCHEDULED');
  queue(turn, step);
}

/** It is never at work: once it may begin, it has to be seen what it waits for. */
function waitsByItself({ kind }: LiveStep): boolean {
  return kind === 'SLEEP' || kind === 'SIGNAL';
}

function cancel(turn: Turn, { by, reason, compensate: undo }: Extract<Signal, { type: 'cancelled' }>): void {
  const { live } = turn;
  live.preparing.delete(CONCLUSION);
  const message = `${by.username} cancelled it${reason === undefined ? '.' : `: ${reason}`}`;
  const error = failure('CANCELLED', message);
  for (const step of live.steps.values()) {
    if (isFinalStepState(step.state) || step.role === 'compensation') continue;
    live.preparing.delete(step.key);
    if (isUnderWay(step)) turn.effects.push({ type: 'abort', step });
    if (step.state === 'WAITING') expireApproval(turn, step);
    moveStep(turn, step, 'CANCELLED', { error });
  }
  // The reason stands in the run from here on, and says that it is ending, also to whoever takes it over.
  moveRun(turn, 'RUNNING', { error });
  if (undo && !isUndoing(live)) compensate(turn);
}

/** What a process that is gone had in hand. */
function recover(turn: Turn): void {
  for (const step of turn.live.steps.values()) {
    if (step.state === 'SCHEDULED') queue(turn, step);
    else if (isAgreedTo(turn.live, step)) prepare(turn, step);
    else if (step.wakeAt && !isFinalStepState(step.state)) {
      turn.effects.push({ type: 'wake', step, at: step.wakeAt });
    } else if (isUnderWay(step) && isParent(step)) {
      // Items that are there tell by themselves when they are over.
      if (!turn.live.items.has(step.key)) gather(turn, step);
    } else if (isUnderWay(step)) {
      if (step.effect === 'pure' || step.terms?.idempotent) queue(turn, step);
      else failAttempt(turn, step, { ...INTERRUPTED, retryable: step.terms?.retry !== undefined });
    }
  }
}

/** A person had agreed to it, and it had not begun since. */
function isAgreedTo(live: LiveRun, step: LiveStep): boolean {
  if (step.state !== 'WAITING' || !waitsByItself(step) || hasBegun(live, step)) return false;
  return live.marks.get(step.key)?.approved === true;
}

const INTERRUPTED = failure(
  'UNAVAILABLE',
  'The server stopped while this step was acting on the outside world. It may or may not have acted: look before you run it again.',
);

/** Opens a run again that ended badly: the step, whatever else it failed for, and what was not done because of that. */
function retry(turn: Turn, key: string): void {
  const { live } = turn;
  const step = live.steps.get(key);
  if (!step || !isBadEnd(step.state) || isUndoing(live)) return;
  moveRun(turn, 'RUNNING');
  // Items are opened again by their `for_each`, when its turn has come.
  for (const one of live.top) {
    if (isBadEnd(one.state) || one.state === 'SKIPPED') moveStep(turn, one, 'PENDING');
  }
  advance(turn);
}
