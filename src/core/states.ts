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

const FINAL: ReadonlySet<RunState> = new Set(['SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED']);

/** True when nothing more will happen to the run. */
export function isFinalRunState(state: RunState): boolean {
  return FINAL.has(state);
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

const ENDS = ['SUCCEEDED', 'FAILED', 'FAILED_RETRYABLE', 'FAILED_FATAL', 'TIMEOUT'] as const;

/**
 * Which state may follow which. States only move forward; the ones between may be passed over, because a step with
 * effect `pure` is recorded once, with its result.
 */
const MOVES: Record<StepState, readonly StepState[]> = {
  PENDING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ENDS, 'DENIED', 'SKIPPED', 'CANCELLED'],
  SCHEDULED: ['WAITING', 'DISPATCHED', 'RUNNING', ...ENDS, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // Throttled once more, it waits on.
  WAITING: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ENDS, 'DENIED', 'SKIPPED', 'CANCELLED'],
  // A tool that it calls has to be approved first: then it waits, and goes on where it was.
  DISPATCHED: ['RUNNING', 'WAITING', ...ENDS, 'DENIED', 'CANCELLED'],
  RUNNING: ['WAITING', ...ENDS, 'DENIED', 'CANCELLED'],
  FAILED_RETRYABLE: ['SCHEDULED', 'WAITING', 'DISPATCHED', 'RUNNING', ...ENDS, 'DENIED', 'SKIPPED', 'CANCELLED'],
  SUCCEEDED: [],
  FAILED: [],
  FAILED_FATAL: [],
  TIMEOUT: [],
  DENIED: [],
  SKIPPED: [],
  CANCELLED: [],
};

export function mayMove(from: StepState, to: StepState): boolean {
  return MOVES[from].includes(to);
}

/** A repair, or a person's `retryStep`, puts a step that is over back to PENDING: the one move backwards. */
export function mayReopen(from: StepState): boolean {
  return isFinalStepState(from) || from === 'FAILED_RETRYABLE';
}

/** True when nothing more will happen to the step, unless it is opened again. */
export function isFinalStepState(state: StepState): boolean {
  return MOVES[state].length === 0;
}

/** True for a final state in which the step did not do what it was for. */
export function isBadEnd(state: StepState): boolean {
  return isFinalStepState(state) && state !== 'SUCCEEDED' && state !== 'SKIPPED';
}
