import { isFinalStepState } from '../../../../../sdk/src/live/index.ts';
import type { StepState } from '../../../api/generated/graphql.ts';

/** A move of a step to another state, as its event has it. */
export interface StepMove {
  readonly at: string;
  readonly to: StepState;
  readonly attempt: number;
  /** Set when moves were recorded as one. */
  readonly scheduledAt: string | null;
  readonly startedAt: string | null;
}

/** A time in which a step waited, or performed one attempt. Times are in milliseconds. */
export interface Segment {
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
  readonly waits: boolean;
  readonly attempt: number;
  /** How it ended; while it lasts, its state. A wait before something else is in the state that it waited in. */
  readonly state: StepState;
}

/** A step before its first event. */
export const NO_SEGMENTS: readonly Segment[] = [];

const EXECUTES: readonly StepState[] = ['RUNNING', 'DISPATCHED'];
const WAITS: readonly StepState[] = ['SCHEDULED', 'WAITING', 'FAILED_RETRYABLE'];

/** The segments of a step after one more of its moves. Pure. */
export function addMove(segments: readonly Segment[], move: StepMove): readonly Segment[] {
  const { to, attempt } = move;
  const at = Date.parse(move.at);
  const ready = move.scheduledAt ? Date.parse(move.scheduledAt) : undefined;
  const started = move.startedAt ? Date.parse(move.startedAt) : undefined;
  const next = [...segments];
  const last = next.at(-1);
  if (last && last.to === undefined) {
    // It is sent to a worker, then runs there: one attempt.
    if (EXECUTES.includes(last.state) && EXECUTES.includes(to)) return [...next.slice(0, -1), { ...last, state: to }];
    const endsIt = !last.waits || (isFinalStepState(to) && started === undefined);
    next[next.length - 1] = { ...last, to: ready ?? started ?? at, state: endsIt ? to : last.state };
  } else if (isFailedAtOnce(to) && started === undefined) {
    next.push({ from: at, to: at, waits: false, attempt, state: to });
  }
  const begins = started ?? at;
  if (ready !== undefined && ready < begins) {
    next.push({ from: ready, to: begins, waits: true, attempt, state: 'SCHEDULED' });
  }
  const isOver = isFinalStepState(to) || to === 'FAILED_RETRYABLE';
  if (started !== undefined && isOver) next.push({ from: started, to: at, waits: false, attempt, state: to });
  if (EXECUTES.includes(to)) next.push({ from: begins, to: undefined, waits: false, attempt, state: to });
  if (WAITS.includes(to)) next.push({ from: at, to: undefined, waits: true, attempt, state: to });
  return next;
}

/** It ended without an attempt, and not because something else did. */
function isFailedAtOnce(state: StepState): boolean {
  return isFinalStepState(state) && state !== 'SKIPPED' && state !== 'CANCELLED';
}
