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
