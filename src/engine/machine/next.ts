import type { NewEvent } from '../../core/event.ts';
import { isFailedEnd, isFinalRunState, isFinalStepState } from '../../core/states.ts';
import { isJob } from '../model/job-id.ts';
import type { MachineEffect, MachineInput } from '../model/machine-input.ts';
import { hasBegun, isParent, type MutableStep, type RunAggregate, signalName } from '../model/run-aggregate.ts';
import { advance, CONCLUSION_KEY, compensate, prepare } from './advance.ts';
import { failAttempt } from './fail-attempt.ts';
import { onDenied, onResumedFrom } from './initial-input.ts';
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

/** The result of one input. The run has the events applied already. */
export interface MachineOutput {
  readonly events: readonly NewEvent[];
  readonly effects: readonly MachineEffect[];
}

/**
 * The core of the engine, a pure function: takes a run and one input, applies the events that follow to the run, and
 * returns them with the effects to carry out. It knows no clock, database or network: the same run, input and environment
 * give the same result. An input that arrives too late changes nothing.
 */
export function next(run: RunAggregate, input: MachineInput, environment: Environment): MachineOutput {
  const events: NewEvent[] = [];
  const effects: MachineEffect[] = [];
  const transition: Transition = { ...environment, run, events, effects };
  if (input.type === 'retried') onRetried(transition, input.step);
  else if (!isFinalRunState(run.record.state)) dispatch(transition, input);
  return { events, effects };
}

function dispatch(transition: Transition, input: MachineInput): void {
  const { run } = transition;
  switch (input.type) {
    case 'started':
      break;
    case 'denied':
      if (run.record.state === 'PENDING') onDenied(transition, input);
      return;
    case 'resumedFrom':
      if (run.record.state === 'PENDING') onResumedFrom(transition, input);
      break;
    case 'emitted':
      emit(transition, input.event);
      return;
    case 'recovered':
      onRecovered(transition);
      break;
    case 'signalled':
      onSignal(transition, input);
      break;
    case 'decided':
      onDecided(transition, input);
      break;
    case 'cancelled':
      onCancelled(transition, input);
      break;
    case 'concluded':
      if (!run.preparing.delete(CONCLUSION_KEY)) return;
      if (input.failure) moveRun(transition, 'FAILED', { error: input.failure });
      else moveRun(transition, 'SUCCEEDED', input.outputs ? { outputs: input.outputs } : {});
      return;
    case 'retried':
      return;
    default: {
      const step = run.steps.get(input.step);
      if (!step || !dispatchToStep(transition, step, input)) return;
    }
  }
  advance(transition);
}

type StepInput = Extract<
  MachineInput,
  { readonly step: string; readonly type: Exclude<MachineInput['type'], 'denied' | 'resumedFrom' | 'retried'> }
>;

/** @returns whether it changed anything */
function dispatchToStep(transition: Transition, step: MutableStep, input: StepInput): boolean {
  switch (input.type) {
    case 'prepared':
      return transition.run.preparing.delete(step.key) && onPrepared(transition, step, input.prepared);
    case 'begun':
      return onBegun(transition, step);
    case 'woke':
      return onWoke(transition, step);
    case 'succeeded': {
      if (!isExecuting(step) || input.attempt !== step.attempt) return false;
      transition.run.preparing.delete(step.key);
      const { output, artifact } = input;
      if (artifact && output) {
        const { digest, mediaType, size } = output;
        const payload = { ...artifact, digest, mediaType, size };
        emit(transition, { type: 'ARTIFACT_CREATED', at: transition.at, step: step.key, payload });
      }
      moveStep(transition, step, 'SUCCEEDED', output ? { output } : {});
      return true;
    }
    case 'failed':
      if (!isExecuting(step) || input.attempt !== step.attempt) return false;
      transition.run.preparing.delete(step.key);
      failAttempt(transition, step, input.failure);
      return true;
    case 'paused': {
      if (!isExecuting(step) || input.attempt !== step.attempt) return false;
      const { reason, call, request } = input;
      waitUntil(transition, step, 'WAITING');
      const payload = { id: transition.newId('apr'), reason, call, request };
      emit(transition, { type: 'APPROVAL_REQUESTED', at: transition.at, step: step.key, payload });
      return true;
    }
    case 'delivered':
      if (step.state !== 'DISPATCHED' || input.attempt !== step.attempt) return false;
      moveStep(transition, step, 'RUNNING');
      return true;
    case 'undelivered':
      if (step.state !== 'DISPATCHED' || input.attempt !== step.attempt) return false;
      waitUntil(transition, step, 'WAITING', input.until);
      return true;
    case 'jobEnded':
      if (!awaitsJob(transition.run, step, input.end.jobId)) return false;
      emit(transition, { type: 'JOB_ENDED', at: transition.at, step: step.key, payload: input.end });
      transition.effects.push({ type: 'continueJob', step });
      return false;
  }
}

/** Whether the job is the one that the step waits for: the first end of it counts. */
export function awaitsJob(run: RunAggregate, step: MutableStep, jobId: string): boolean {
  const job = run.bookkeeping.get(step.key)?.job;
  return isExecuting(step) && job?.id === jobId && job.end === undefined;
}

function isExecuting({ state }: MutableStep): boolean {
  return state === 'RUNNING' || state === 'DISPATCHED';
}

function onBegun(transition: Transition, step: MutableStep): boolean {
  if (step.state === 'SCHEDULED') {
    // After a pause the same attempt continues.
    const attempt = step.attempt + Number(transition.run.bookkeeping.get(step.key)?.paused !== true);
    moveStep(transition, step, step.effect === 'pure' ? 'RUNNING' : 'DISPATCHED', { attempt });
  } else if (!isExecuting(step)) return false;
  transition.effects.push({ type: 'act', step });
  return true;
}

function onWoke(transition: Transition, step: MutableStep): boolean {
  if (!step.wakeAt || step.wakeAt > transition.at || transition.run.preparing.has(step.key)) return false;
  if (step.state === 'FAILED_RETRYABLE') prepare(transition, step);
  else if (step.state !== 'WAITING') return false;
  else if (findOpenApproval(transition, step)) {
    expireApproval(transition, step);
    moveStep(transition, step, 'TIMEOUT', {
      error: failure('TIMEOUT', 'The approval expired: nobody decided in time.'),
    });
  } else if (!hasBegun(transition.run, step)) prepare(transition, step);
  else if (step.kind === 'SLEEP') moveStep(transition, step, 'SUCCEEDED');
  else if (step.kind === 'SIGNAL') {
    const message = `The signal ${signalName(step)} did not arrive in time.`;
    moveStep(transition, step, 'TIMEOUT', { error: failure('TIMEOUT', message) });
  } else prepare(transition, step);
  return true;
}

function onSignal(
  transition: Transition,
  { id, name, payload, output }: Extract<MachineInput, { type: 'signalled' }>,
): void {
  if (transition.run.seenSignals.has(id)) return;
  emit(transition, {
    type: 'SIGNAL_RECEIVED',
    at: transition.at,
    payload: { id, name, ...(payload !== undefined && { payload }) },
  });
  for (const step of transition.run.steps.values()) {
    if (step.kind !== 'SIGNAL' || step.state !== 'WAITING' || signalName(step) !== name) continue;
    if (!hasBegun(transition.run, step)) continue;
    moveStep(transition, step, 'SUCCEEDED', { output });
    return;
  }
}

function onDecided(transition: Transition, input: Extract<MachineInput, { type: 'decided' }>): void {
  const { approvalId: id, by, approve, comment, output } = input;
  const approval = transition.run.approvals.get(id);
  const step = approval && transition.run.steps.get(approval.step);
  if (step?.state !== 'WAITING') return;
  const state = approve ? 'APPROVED' : 'REJECTED';
  const payload = { id, state, by, ...(comment !== undefined && { comment }) } as const;
  emit(transition, { type: 'APPROVAL_DECIDED', at: transition.at, step: step.key, payload });
  if (approval?.call !== undefined) {
    // It continues after a rejection as well: the caller of the tool gets a failure.
    moveStep(transition, step, 'SCHEDULED');
    enqueue(transition, step);
    return;
  }
  if (!approve) {
    const message = `${by.username} did not approve it${comment === undefined ? '.' : `: ${comment}`}`;
    moveStep(transition, step, 'DENIED', { error: failure('FORBIDDEN', message) });
    return;
  }
  if (step.kind === 'APPROVAL') {
    moveStep(transition, step, 'SUCCEEDED', { output });
    return;
  }
  if (isWaitingKind(step)) {
    prepare(transition, step);
    return;
  }
  moveStep(transition, step, 'SCHEDULED');
  enqueue(transition, step);
}

/** Such a step never runs: when it may begin, it is prepared again, to know what it waits for. */
function isWaitingKind({ kind }: MutableStep): boolean {
  return kind === 'SLEEP' || kind === 'SIGNAL';
}

function onCancelled(
  transition: Transition,
  { by, reason, compensate: undo }: Extract<MachineInput, { type: 'cancelled' }>,
): void {
  const { run } = transition;
  run.preparing.delete(CONCLUSION_KEY);
  const message = `${by.username} cancelled it${reason === undefined ? '.' : `: ${reason}`}`;
  const error = failure('CANCELLED', message);
  for (const step of run.steps.values()) {
    if (isFinalStepState(step.state) || step.role === 'compensation') continue;
    run.preparing.delete(step.key);
    if (isExecuting(step)) transition.effects.push({ type: 'abort', step });
    if (step.state === 'WAITING') expireApproval(transition, step);
    moveStep(transition, step, 'CANCELLED', { error });
  }
  // From here on the reason is in the run, which marks it as ending, for a process that recovers it as well.
  moveRun(transition, 'RUNNING', { error });
  if (undo && !isUndoing(run)) compensate(transition);
}

/** Repeats the effects that were in progress in the process that is gone. */
function onRecovered(transition: Transition): void {
  for (const step of transition.run.steps.values()) {
    if (step.state === 'SCHEDULED') enqueue(transition, step);
    else if (isApprovedNotBegun(transition.run, step)) prepare(transition, step);
    else if (step.wakeAt && !isFinalStepState(step.state)) {
      transition.effects.push({ type: 'wake', step, at: step.wakeAt });
    } else if (isExecuting(step) && isParent(step)) {
      // Its items end it when they have all ended.
      if (!transition.run.items.has(step.key)) requestGather(transition, step);
    } else if (isExecuting(step)) {
      // A job continues without this server.
      const mayContinue = step.effect === 'pure' || step.terms?.idempotent || isJob(step);
      if (mayContinue) enqueue(transition, step);
      else failAttempt(transition, step, { ...INTERRUPTED_FAILURE, retryable: step.terms?.retry !== undefined });
    }
  }
}

/** It was approved, and has not begun since. */
function isApprovedNotBegun(run: RunAggregate, step: MutableStep): boolean {
  if (step.state !== 'WAITING' || !isWaitingKind(step) || hasBegun(run, step)) return false;
  return run.bookkeeping.get(step.key)?.approved === true;
}

const INTERRUPTED_FAILURE = failure(
  'UNAVAILABLE',
  'The server stopped while this step was acting on the outside world. It may or may not have acted: check before you run it again.',
);

/** Opens a failed run again: the step, all other failed steps, and those that were skipped because of them. */
function onRetried(transition: Transition, key: string): void {
  const { run } = transition;
  const step = run.steps.get(key);
  if (!step || !isFailedEnd(step.state) || isUndoing(run)) return;
  moveRun(transition, 'RUNNING');
  // A `for_each` opens its items again when it is prepared.
  for (const top of run.topLevel) {
    if (isFailedEnd(top.state) || top.state === 'SKIPPED') moveStep(transition, top, 'PENDING');
  }
  advance(transition);
}
