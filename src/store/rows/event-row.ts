import type { ChainRow } from '../../audit/verify-chain.ts';
import type { Event } from '../../core/event.ts';

/** A row of `events`: exactly the link of a chain that can be verified. */
export type EventRow = ChainRow;

export function toEvent({ at, step, payload, ...row }: EventRow): Event {
  return {
    ...row,
    at: new Date(at),
    ...(step !== null && { step }),
    payload: JSON.parse(payload),
  } as Event;
}
