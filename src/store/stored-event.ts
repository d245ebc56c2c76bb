import type { Event } from '../core/event.ts';

/** An event as it lies in the table `events`. */
export interface StoredEvent {
  readonly position: number;
  readonly runId: string;
  readonly seq: number;
  readonly tenant: string;
  readonly subject: string;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: string | null;
  readonly prevHash: string;
  readonly hash: string;
  /** JSON. */
  readonly payload: string;
}

export function toEvent({ at, step, payload, ...row }: StoredEvent): Event {
  return {
    ...row,
    at: new Date(at),
    ...(step !== null && { step }),
    payload: JSON.parse(payload),
  } as Event;
}
