import type { NewEvent } from '../core/event.ts';

/**
 * Makes one event of the moves that a step (or the run) made since the last append, as engine steps with effect `pure`
 * are recorded once. The merged move starts where the first started and ends where the last ended; other events stay
 * as they are, in order.
 */
export function recordOnce(events: readonly NewEvent[]): readonly NewEvent[] {
  const firsts = new Map<string, { from: NewEvent; at: Date }>();
  const lasts = new Map<string, NewEvent>();
  for (const event of events) {
    const key = moveKey(event);
    if (key === undefined) continue;
    if (!firsts.has(key)) firsts.set(key, { from: event, at: event.at });
    lasts.set(key, event);
  }
  return events.flatMap((event) => {
    const key = moveKey(event);
    if (key === undefined) return [event];
    if (lasts.get(key) !== event) return [];
    const first = firsts.get(key);
    return first && first.from !== event ? [merge(first.from, event)] : [event];
  });
}

function moveKey(event: NewEvent): string | undefined {
  if (event.type === 'RUN_STATE_CHANGED') return '';
  return event.type === 'STEP_STATE_CHANGED' ? `/${event.step}` : undefined;
}

function merge(first: NewEvent, last: NewEvent): NewEvent {
  const startedAt = first.at.toISOString();
  if (first.type === 'RUN_STATE_CHANGED' && last.type === 'RUN_STATE_CHANGED') {
    const { from } = first.payload;
    return { ...last, payload: { ...last.payload, from, ...(from === 'PENDING' && { startedAt }) } };
  }
  if (first.type === 'STEP_STATE_CHANGED' && last.type === 'STEP_STATE_CHANGED') {
    const began = first.payload.to === 'RUNNING' || first.payload.to === 'DISPATCHED';
    return { ...last, payload: { ...last.payload, from: first.payload.from, ...(began && { startedAt }) } };
  }
  return last;
}
