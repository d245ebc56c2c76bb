export const RUN_STATES = [
  'PENDING',
  'RUNNING',
  'WAITING',
  'SUCCEEDED',
  'FAILED',
  'TIMEOUT',
  'DENIED',
  'CANCELLED',
] as const;

export type RunState = (typeof RUN_STATES)[number];

const FINAL_RUN_STATES: ReadonlySet<RunState> = new Set(['SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED']);

/** True when nothing more will happen to the run. */
export function isFinalRunState(state: RunState): boolean {
  return FINAL_RUN_STATES.has(state);
}

export const STEP_STATES = [
  'PENDING',
  'SCHEDULED',
  'WAITING',
  'DISPATCHED',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'FAILED_RETRYABLE',
  'FAILED_FATAL',
  'TIMEOUT',
  'DENIED',
  'SKIPPED',
  'CANCELLED',
] as const;

export type StepState = (typeof STEP_STATES)[number];

const ATTEMPT_END_STATES = ['SUCCEEDED', 'FAILED', 'FAILED_RETRYABLE', 'FAILED_FATAL', 'TIMEOUT'] as const;

/**
 * Which state may follow which. States only move forward; the ones between may be passed over, because a step with
 * effect `pure` is recorded once, with its result.
 */
const TRANSITIONS: Record<StepState, readonly StepState[]> = {
  PENDING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  SCHEDULED: ['WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // Throttled once more, it waits on.
  WAITING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // A tool that it calls has to be approved first: then it waits, and goes on where it was.
  DISPATCHED: ['RUNNING', 'WAITING', ...ATTEMPT_END_STATES, 'DENIED', 'CANCELLED'],
  RUNNING: ['WAITING', ...ATTEMPT_END_STATES, 'DENIED', 'CANCELLED'],
  FAILED_RETRYABLE: [
    'SCHEDULED',
    'WAITING',
    'DISPATCHED',
    'RUNNING',
    ...ATTEMPT_END_STATES,
    'DENIED',
    'SKIPPED',
    'CANCELLED',
  ],
  SUCCEEDED: [],
  FAILED: [],
  FAILED_FATAL: [],
  TIMEOUT: [],
  DENIED: [],
  SKIPPED: [],
  CANCELLED: [],
};

export function canTransition(from: StepState, to: StepState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** A repair, or a person's `retryStep`, puts a step that is over back to PENDING: the one move backwards. */
export function canReopen(from: StepState): boolean {
  return isFinalStepState(from) || from === 'FAILED_RETRYABLE';
}

/** True when nothing more will happen to the step, unless it is opened again. */
export function isFinalStepState(state: StepState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** True for a final state in which the step did not do what it was for. */
export function isFailedEnd(state: StepState): boolean {
  return isFinalStepState(state) && state !== 'SUCCEEDED' && state !== 'SKIPPED';
}
