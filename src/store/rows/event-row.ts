import type { ChainRow } from '../../audit/verify-chain.ts';
import type { Event } from '../../core/event.ts';

/** An event as it lies in the table `events`: the link of a chain that is verified, and nothing more. */
export type EventRow = ChainRow;

export function toEvent({ at, step, payload, ...row }: EventRow): Event {
  return {
    ...row,
    at: new Date(at),
    ...(step !== null && { step }),
    payload: JSON.parse(payload),
  } as Event;
}
