import type { NewEvent } from '../../core/event.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState } from '../../core/states.ts';
import type { MachineEffect, MachineInput } from '../model/machine-input.ts';
import { hasBegun, isParent, type MutableStep, type RunAggregate, signalName } from '../model/run-aggregate.ts';
import { advance, CONCLUSION_KEY, compensate, prepare } from './advance.ts';
import { failAttempt } from './fail-attempt.ts';
import { onPrepared } from './on-prepared.ts';
import { isUndoing } from './readiness.ts';
import {
  type Environment,
  emit,
  enqueue,
  expireApproval,
  failure,
  findOpenApproval,
  moveRun,
  moveStep,
  requestGather,
  type Transition,
  waitUntil,
} from './transition.ts';

/** What came of a signal. The run itself has moved on by the events. */
export interface MachineOutput {
  readonly events: readonly NewEvent[];
  readonly effects: readonly MachineEffect[];
}

/**
 * What the engine is: a run and one signal in; the events that say what came of it, and what is to be done, out. Moves
 * the run on by these events and nothing else. Knows no clock, database or network; the same run, signal and `now` give
 * the same answer. A signal that comes too late changes nothing.
 */
export function next(live: RunAggregate, signal: MachineInput, now: Environment): MachineOutput {
  const turn: Transition = { run: live, ...now, events: [], effects: [] };
  if (signal.type === 'retried') onRetried(turn, signal.step);
  else if (!isFinalRunState(live.record.state)) dispatch(turn, signal);
  return turn;
}

function dispatch(turn: Transition, signal: MachineInput): void {
  const { run: live } = turn;
  switch (signal.type) {
    case 'started':
      break;
    case 'recovered':
      onRecovered(turn);
      break;
    case 'signalled':
      onSignal(turn, signal);
      break;
    case 'decided':
      onDecided(turn, signal);
      break;
    case 'cancelled':
      onCancelled(turn, signal);
      break;
    case 'concluded':
      if (!live.preparing.delete(CONCLUSION_KEY)) return;
      if (signal.failure) moveRun(turn, 'FAILED', { error: signal.failure });
      else moveRun(turn, 'SUCCEEDED', signal.outputs ? { outputs: signal.outputs } : {});
      return;
    case 'retried':
      return;
    default: {
      const step = live.steps.get(signal.step);
      if (!step || !dispatchToStep(turn, step, signal)) return;
    }
  }
  advance(turn);
}

type StepInput = Extract<
  MachineInput,
  { readonly type: 'prepared' | 'begun' | 'succeeded' | 'failed' | 'paused' | 'woke' }
>;

/** @returns whether it changed anything */
function dispatchToStep(turn: Transition, step: MutableStep, signal: StepInput): boolean {
  switch (signal.type) {
    case 'prepared':
      return turn.run.preparing.delete(step.key) && onPrepared(turn, step, signal.prepared);
    case 'begun':
      return onBegun(turn, step);
    case 'woke':
      return onWoke(turn, step);
    case 'succeeded': {
      if (!isExecuting(step) || signal.attempt !== step.attempt) return false;
      turn.run.preparing.delete(step.key);
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
      if (!isExecuting(step) || signal.attempt !== step.attempt) return false;
      turn.run.preparing.delete(step.key);
      failAttempt(turn, step, signal.failure);
      return true;
    case 'paused': {
      if (!isExecuting(step) || signal.attempt !== step.attempt) return false;
      const { reason, call } = signal;
      waitUntil(turn, step, 'WAITING');
      const payload = { id: turn.newId('apr'), reason, call };
      emit(turn, { type: 'APPROVAL_REQUESTED', at: turn.at, step: step.key, payload });
      return true;
    }
  }
}

function isExecuting({ state }: MutableStep): boolean {
  return state === 'RUNNING' || state === 'DISPATCHED';
}

function onBegun(turn: Transition, step: MutableStep): boolean {
  if (step.state === 'SCHEDULED') {
    // One that paused goes on: that is no further attempt.
    const attempt = step.attempt + Number(turn.run.bookkeeping.get(step.key)?.paused !== true);
    moveStep(turn, step, step.effect === 'pure' ? 'RUNNING' : 'DISPATCHED', { attempt });
  } else if (!isExecuting(step)) return false;
  turn.effects.push({ type: 'act', step });
  return true;
}

function onWoke(turn: Transition, step: MutableStep): boolean {
  if (!step.wakeAt || step.wakeAt > turn.at || turn.run.preparing.has(step.key)) return false;
  if (step.state === 'FAILED_RETRYABLE') prepare(turn, step);
  else if (step.state !== 'WAITING') return false;
  else if (findOpenApproval(turn, step)) {
    expireApproval(turn, step);
    moveStep(turn, step, 'TIMEOUT', { error: failure('TIMEOUT', 'Nobody decided in time.') });
  } else if (!hasBegun(turn.run, step)) prepare(turn, step);
  else if (step.kind === 'SLEEP') moveStep(turn, step, 'SUCCEEDED');
  else if (step.kind === 'SIGNAL') {
    const message = `The signal ${signalName(step)} did not come in time.`;
    moveStep(turn, step, 'TIMEOUT', { error: failure('TIMEOUT', message) });
  } else prepare(turn, step);
  return true;
}

function onSignal(turn: Transition, { id, name, payload, output }: Extract<MachineInput, { type: 'signalled' }>): void {
  if (turn.run.seenSignals.has(id)) return;
  emit(turn, {
    type: 'SIGNAL_RECEIVED',
    at: turn.at,
    payload: { id, name, ...(payload !== undefined && { payload }) },
  });
  for (const step of turn.run.steps.values()) {
    if (step.kind !== 'SIGNAL' || step.state !== 'WAITING' || signalName(step) !== name) continue;
    if (!hasBegun(turn.run, step)) continue;
    moveStep(turn, step, 'SUCCEEDED', { output });
    return;
  }
}

function onDecided(turn: Transition, signal: Extract<MachineInput, { type: 'decided' }>): void {
  const { approvalId: id, by, approve, comment, output } = signal;
  const open = turn.run.approvals.get(id);
  const step = open && turn.run.steps.get(open.step);
  if (step?.state !== 'WAITING') return;
  const said = { by, ...(comment !== undefined && { comment }) };
  const payload = { id, state: approve ? 'APPROVED' : 'REJECTED', ...said } as const;
  emit(turn, { type: 'APPROVAL_DECIDED', at: turn.at, step: step.key, payload });
  if (open?.call !== undefined) {
    // Either way it goes on: what calls a tool can do without it.
    moveStep(turn, step, 'SCHEDULED');
    enqueue(turn, step);
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
  if (isWaitingKind(step)) {
    prepare(turn, step);
    return;
  }
  moveStep(turn, step, 'SCHEDULED');
  enqueue(turn, step);
}

/** It is never at work: once it may begin, it has to be seen what it waits for. */
function isWaitingKind({ kind }: MutableStep): boolean {
  return kind === 'SLEEP' || kind === 'SIGNAL';
}

function onCancelled(
  turn: Transition,
  { by, reason, compensate: undo }: Extract<MachineInput, { type: 'cancelled' }>,
): void {
  const { run: live } = turn;
  live.preparing.delete(CONCLUSION_KEY);
  const message = `${by.username} cancelled it${reason === undefined ? '.' : `: ${reason}`}`;
  const error = failure('CANCELLED', message);
  for (const step of live.steps.values()) {
    if (isFinalStepState(step.state) || step.role === 'compensation') continue;
    live.preparing.delete(step.key);
    if (isExecuting(step)) turn.effects.push({ type: 'abort', step });
    if (step.state === 'WAITING') expireApproval(turn, step);
    moveStep(turn, step, 'CANCELLED', { error });
  }
  // The reason stands in the run from here on, and says that it is ending, also to whoever takes it over.
  moveRun(turn, 'RUNNING', { error });
  if (undo && !isUndoing(live)) compensate(turn);
}

/** What a process that is gone had in hand. */
function onRecovered(turn: Transition): void {
  for (const step of turn.run.steps.values()) {
    if (step.state === 'SCHEDULED') enqueue(turn, step);
    else if (isApprovedNotBegun(turn.run, step)) prepare(turn, step);
    else if (step.wakeAt && !isFinalStepState(step.state)) {
      turn.effects.push({ type: 'wake', step, at: step.wakeAt });
    } else if (isExecuting(step) && isParent(step)) {
      // Items that are there tell by themselves when they are over.
      if (!turn.run.items.has(step.key)) requestGather(turn, step);
    } else if (isExecuting(step)) {
      if (step.effect === 'pure' || step.terms?.idempotent) enqueue(turn, step);
      else failAttempt(turn, step, { ...INTERRUPTED_FAILURE, retryable: step.terms?.retry !== undefined });
    }
  }
}

/** A person had agreed to it, and it had not begun since. */
function isApprovedNotBegun(live: RunAggregate, step: MutableStep): boolean {
  if (step.state !== 'WAITING' || !isWaitingKind(step) || hasBegun(live, step)) return false;
  return live.bookkeeping.get(step.key)?.approved === true;
}

const INTERRUPTED_FAILURE = failure(
  'UNAVAILABLE',
  'The server stopped while this step was acting on the outside world. It may or may not have acted: look before you run it again.',
);

/** Opens a run again that ended badly: the step, whatever else it failed for, and what was not done because of that. */
function onRetried(turn: Transition, key: string): void {
  const { run: live } = turn;
  const step = live.steps.get(key);
  if (!step || !isFailedEnd(step.state) || isUndoing(live)) return;
  moveRun(turn, 'RUNNING');
  // Items are opened again by their `for_each`, when its turn has come.
  for (const one of live.topLevel) {
    if (isFailedEnd(one.state) || one.state === 'SKIPPED') moveStep(turn, one, 'PENDING');
  }
  advance(turn);
}
