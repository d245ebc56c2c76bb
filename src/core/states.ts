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

export const UNFINISHED_RUN_STATES: readonly RunState[] = RUN_STATES.filter((state) => !FINAL_RUN_STATES.has(state));

/** True when the run no longer changes. */
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
 * Allowed transitions. States only move forward; intermediate states may be skipped, because a step with effect `pure`
 * is recorded once, with its result.
 */
const TRANSITIONS: Record<StepState, readonly StepState[]> = {
  PENDING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  SCHEDULED: ['WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // Throttled again, it continues to wait.
  WAITING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ATTEMPT_END_STATES, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // A tool call requires approval: the step waits, then resumes.
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

/** A repair or `retryStep` moves a finished step back to PENDING: the only backward transition. */
export function canReopen(from: StepState): boolean {
  return isFinalStepState(from) || from === 'FAILED_RETRYABLE';
}

/** True when the step no longer changes, unless it is reopened. */
export function isFinalStepState(state: StepState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** True for a final state other than SUCCEEDED and SKIPPED. */
export function isFailedEnd(state: StepState): boolean {
  return isFinalStepState(state) && state !== 'SUCCEEDED' && state !== 'SKIPPED';
}
