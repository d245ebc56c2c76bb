import type { Decision } from '../core/decision.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import { fold } from '../core/projection.ts';
import type { Failure, Output, RunSnapshot, StepRecord } from '../core/run.ts';
import { isFinalRunState, type RunState } from '../core/run-state.ts';
import type { StepState } from '../core/step-state.ts';

/** What happened to a run, told to the machine. */
export type Signal =
  | { readonly type: 'started' }
  /** A new process took the run over. */
  | { readonly type: 'recovered' }
  | { readonly type: 'allowed'; readonly step: string; readonly decisions: readonly Decision[] }
  | {
      readonly type: 'refused';
      readonly step: string;
      readonly decisions: readonly Decision[];
      readonly failure: Failure;
    }
  | { readonly type: 'succeeded'; readonly step: string; readonly output: Output; readonly artifact?: NamedArtifact }
  | { readonly type: 'failed'; readonly step: string; readonly failure: Failure };

export interface NamedArtifact {
  readonly id: string;
  readonly name: string;
}

/** What is to be done next, outside the machine. */
export type Effect =
  | { readonly type: 'decide'; readonly step: StepRecord }
  | { readonly type: 'act'; readonly step: StepRecord };

export interface Move {
  readonly run: RunSnapshot;
  readonly events: readonly NewEvent[];
  readonly effects: readonly Effect[];
}

/**
 * What the engine is: a run and one signal in; the run as it is then, the events that say so, and what is to be done,
 * out. Knows no clock, database or network. A signal for a step that is no longer under way changes nothing.
 */
export function next(before: RunSnapshot, signal: Signal, at: Date): Move {
  let run = before;
  const events: NewEvent[] = [];
  const emit = (event: NewEvent) => {
    events.push(event);
    run = fold(run, event);
  };
  const effects: Effect[] = [];
  if (isFinalRunState(run.run.state)) return { run, events, effects };

  const moveStep = (
    step: StepRecord,
    to: StepState,
    more: { output?: Output; error?: Failure; attempt?: number } = {},
  ) => {
    const { attempt = step.attempt, ...rest } = more;
    emit({ type: 'STEP_STATE_CHANGED', at, step: step.key, payload: { from: step.state, to, attempt, ...rest } });
  };
  const moveRun = (to: RunState, error?: Failure) =>
    emit({ type: 'RUN_STATE_CHANGED', at, payload: { from: run.run.state, to, ...(error && { error }) } });
  const decided = (step: string, decisions: readonly Decision[]) => {
    for (const decision of decisions) emit({ type: 'POLICY_DECIDED', at, step, payload: { decision } });
  };
  const decideReady = () => {
    for (const step of run.steps) if (isReady(run, step)) effects.push({ type: 'decide', step });
  };
  const fail = (step: StepRecord, to: StepState, failure: Failure) => {
    moveStep(step, to, { error: failure });
    for (const rest of run.steps) if (rest.state === 'PENDING') moveStep(rest, 'SKIPPED');
    if (!run.steps.some(isUnderWay)) endRun();
  };
  const endRun = () => {
    const culprit = run.steps.find((s) => s.error);
    if (culprit?.error) moveRun(runStateAfter(culprit.state), { ...culprit.error, step: culprit.key });
    else moveRun('SUCCEEDED');
  };

  if (signal.type === 'started') {
    decideReady();
    return { run, events, effects };
  }
  if (signal.type === 'recovered') {
    for (const step of run.steps.filter(isUnderWay)) {
      if (step.effect === 'pure') effects.push({ type: 'act', step });
      else fail(step, 'FAILED', INTERRUPTED);
    }
    if (!isFinalRunState(run.run.state)) decideReady();
    if (!isFinalRunState(run.run.state) && effects.length === 0) endRun();
    return { run, events, effects };
  }

  const step = run.steps.find((s) => s.key === signal.step);
  if (!step) return { run, events, effects };
  switch (signal.type) {
    case 'allowed': {
      if (step.state !== 'PENDING') break;
      if (run.run.state === 'PENDING') moveRun('RUNNING');
      decided(step.key, signal.decisions);
      moveStep(step, step.effect === 'pure' ? 'RUNNING' : 'DISPATCHED', { attempt: step.attempt + 1 });
      effects.push({ type: 'act', step: stepOf(run, step.key) });
      break;
    }
    case 'refused':
      if (step.state !== 'PENDING') break;
      decided(step.key, signal.decisions);
      fail(step, stepStateAfter(signal.failure.code), signal.failure);
      break;
    case 'succeeded': {
      if (!isUnderWay(step)) break;
      const { output, artifact } = signal;
      if (artifact) {
        const { digest, mediaType, size } = output;
        emit({ type: 'ARTIFACT_CREATED', at, step: step.key, payload: { ...artifact, digest, mediaType, size } });
      }
      moveStep(step, 'SUCCEEDED', { output });
      if (run.steps.some((s) => s.error)) {
        if (!run.steps.some(isUnderWay)) endRun();
      } else if (run.steps.every((s) => s.state === 'SUCCEEDED')) endRun();
      else decideReady();
      break;
    }
    case 'failed':
      if (isUnderWay(step)) fail(step, stepStateAfter(signal.failure.code), signal.failure);
      break;
  }
  return { run, events, effects };
}

const INTERRUPTED: Failure = {
  code: 'UNAVAILABLE',
  message:
    'The server stopped while this step was acting on the outside world. It may or may not have acted: look before you run it again.',
  retryable: true,
};

export function stepOf(run: RunSnapshot, key: string): StepRecord {
  const step = run.steps.find((s) => s.key === key);
  if (!step) throw new Error(`run ${run.run.id} has no step ${key}`);
  return step;
}

function isUnderWay(step: StepRecord): boolean {
  return step.state === 'RUNNING' || step.state === 'DISPATCHED';
}

function isReady(run: RunSnapshot, step: StepRecord): boolean {
  return step.state === 'PENDING' && step.dependsOn.every((key) => stepOf(run, key).state === 'SUCCEEDED');
}

function stepStateAfter(code: ErrorCode): StepState {
  if (code === 'FORBIDDEN' || code === 'APPROVAL_REQUIRED') return 'DENIED';
  if (code === 'TIMEOUT' || code === 'CANCELLED') return code;
  return 'FAILED';
}

function runStateAfter(state: StepState): RunState {
  return state === 'DENIED' || state === 'TIMEOUT' || state === 'CANCELLED' ? state : 'FAILED';
}
