import type { NewEvent } from '../../core/event.ts';
import { isFinalRunState } from '../../core/states.ts';
import { isActive } from '../model/run-aggregate.ts';

/**
 * Merges consecutive moves of a step, or of the run, into one event: steps with effect `pure` are recorded once, with
 * their result. The merged move starts where the first one started and ends where the last one ended. A move to a state in
 * which it waits, has failed or is opened again remains a separate event. Other events stay as they are, in order.
 */
export function coalesceMoves(events: readonly NewEvent[]): readonly NewEvent[] {
  if (events.length < 2) return events;
  const lastIndex = new Map<string, number>();
  const merged: (NewEvent | undefined)[] = [...events];
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index] as NewEvent;
    const key = moveKey(event);
    if (key === undefined) continue;
    const previousIndex = lastIndex.get(key);
    const previous = previousIndex === undefined ? undefined : merged[previousIndex];
    if (previous && previousIndex !== undefined && isTransient(previous) && !isPause(event)) {
      merged[index] = mergeMoves(previous, event);
      merged[previousIndex] = undefined;
    }
    lastIndex.set(key, index);
  }
  return merged.filter((event) => event !== undefined);
}

function moveKey(event: NewEvent): string | undefined {
  if (event.type === 'RUN_STATE_CHANGED') return '';
  return event.type === 'STEP_STATE_CHANGED' ? `/${event.step}` : undefined;
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

function mergeMoves(first: NewEvent, second: NewEvent): NewEvent {
  if (first.type === 'RUN_STATE_CHANGED' && second.type === 'RUN_STATE_CHANGED') {
    const { from, startedAt = first.at.toISOString() } = first.payload;
    return { ...second, payload: { ...second.payload, from, ...(from === 'PENDING' && { startedAt }) } };
  }
  if (first.type === 'STEP_STATE_CHANGED' && second.type === 'STEP_STATE_CHANGED') {
    const { from, to, input, childId, scheduledAt, startedAt } = first.payload;
    const at = first.at.toISOString();
    const carried = {
      ...(input !== undefined && { input }),
      ...(childId !== undefined && { childId }),
      ...(scheduledAt !== undefined && { scheduledAt }),
      ...(startedAt !== undefined && { startedAt }),
      ...(to === 'SCHEDULED' ? { scheduledAt: at } : startedAt === undefined && { startedAt: at }),
    };
    return { ...second, payload: { ...carried, ...second.payload, from } };
  }
  return second;
}
