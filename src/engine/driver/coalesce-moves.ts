import type { EventPayloads, NewEvent } from '../../core/event.ts';
import { isFinalRunState } from '../../core/states.ts';
import { isActive } from '../model/run-aggregate.ts';

/**
 * Merges consecutive moves of a step, or of the run, into one event: steps with effect `pure` are recorded once, with
 * their result. The merged move starts where the first one started and ends where the last one ended. A move to a state in
 * which it waits, has failed or is opened again remains a separate event. Other events stay as they are, in order.
 */
export function coalesceMoves(events: readonly NewEvent[]): readonly NewEvent[] {
  if (events.length < 2) return events;
  /** By the step; that of the run has none. */
  const lastIndex = new Map<string | undefined, number>();
  const merged: (NewEvent | undefined)[] = [...events];
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index] as NewEvent;
    if (event.type !== 'RUN_STATE_CHANGED' && event.type !== 'STEP_STATE_CHANGED') continue;
    const previousIndex = lastIndex.get(event.step);
    const previous = previousIndex === undefined ? undefined : merged[previousIndex];
    if (previous && previousIndex !== undefined && isTransient(previous) && !isPause(event)) {
      merged[index] = mergeMoves(previous, event);
      merged[previousIndex] = undefined;
    }
    lastIndex.set(event.step, index);
  }
  return merged.filter((event) => event !== undefined);
}

function isTransient(move: NewEvent): boolean {
  if (move.type === 'STEP_STATE_CHANGED') return isActive(move.payload.to);
  if (move.type !== 'RUN_STATE_CHANGED' || move.payload.to !== 'RUNNING') return false;
  return move.payload.error === undefined && !isFinalRunState(move.payload.from);
}

/** True for a move from an attempt to waiting: the state before it shows that the same attempt continues. */
function isPause({ type, payload }: NewEvent): boolean {
  return type === 'STEP_STATE_CHANGED' && payload.to === 'WAITING' && payload.from !== 'SCHEDULED';
}

/** The payloads have their keys in canonical order, so that nothing is sorted when they are recorded. */
function mergeMoves(first: NewEvent, second: NewEvent): NewEvent {
  if (first.type === 'RUN_STATE_CHANGED' && second.type === 'RUN_STATE_CHANGED') {
    const { from, startedAt = first.at.toISOString() } = first.payload;
    const { to, error, outputs } = second.payload;
    return {
      ...second,
      payload: {
        ...(error && { error }),
        from,
        ...(outputs && { outputs }),
        ...(from === 'PENDING' && { startedAt }),
        to,
      },
    };
  }
  if (first.type === 'STEP_STATE_CHANGED' && second.type === 'STEP_STATE_CHANGED') {
    return { ...second, payload: mergeStepMoves(first.payload, second.payload, first.at.toISOString()) };
  }
  return second;
}

type StepMove = EventPayloads['STEP_STATE_CHANGED'];

/** @param at when the first move happened */
function mergeStepMoves(first: StepMove, second: StepMove, at: string): StepMove {
  const { childId = first.childId, error, input = first.input, output, repair, wakeAt } = second;
  const becameReadyAt = first.to === 'SCHEDULED' ? at : first.scheduledAt;
  const beganAt = first.to === 'SCHEDULED' ? first.startedAt : (first.startedAt ?? at);
  const { scheduledAt = becameReadyAt, startedAt = beganAt } = second;
  const merged: { -readonly [K in keyof StepMove]?: StepMove[K] } = { attempt: second.attempt };
  if (childId !== undefined) merged.childId = childId;
  if (error !== undefined) merged.error = error;
  merged.from = first.from;
  if (input !== undefined) merged.input = input;
  if (output !== undefined) merged.output = output;
  if (repair !== undefined) merged.repair = repair;
  if (scheduledAt !== undefined) merged.scheduledAt = scheduledAt;
  if (startedAt !== undefined) merged.startedAt = startedAt;
  merged.to = second.to;
  if (wakeAt !== undefined) merged.wakeAt = wakeAt;
  return merged as StepMove;
}
