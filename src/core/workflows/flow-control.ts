import type { Priority } from '../run.ts';
import type { FlowRules } from '../run-rules.ts';

/** What shares one limit. */
export interface FlowKey {
  readonly tenant: string;
  readonly workflow: string;
  readonly key: string;
}

/** A run that waits for its turn, or has it. */
export interface FlowTicket extends FlowKey {
  readonly runId: string;
  /** Absent without `concurrency`. */
  readonly limit?: number;
  /** It does not begin before. */
  readonly notBefore: Date;
  /** Until then, runs of its key take its place. */
  readonly isDebounced: boolean;
  readonly state: 'WAITING' | 'ACTIVE';
  readonly enqueuedAt: Date;
}

export interface NewTicket extends Pick<FlowKey, 'tenant' | 'workflow'> {
  readonly runId: string;
  readonly rules: FlowRules;
  readonly priority: Priority;
}

/** Runs that may wait for one key. */
export const MAX_WAITING_OF_KEY = 100_000;

/** Which runs have their turn: the database decides, for all nodes. */
export interface FlowTickets {
  /**
   * Takes the run's turn if there is room and nobody waits for it, and queues it otherwise; a ticket that the run has already is
   * returned as it is.
   * @returns `cancel`: runs whose place it takes, with `cancel_oldest` and `debounce`
   * @throws Fault THROTTLED with `refuse`, or when too many wait
   */
  enqueue(ticket: NewTicket, now: Date): Promise<{ readonly ticket: FlowTicket; readonly cancel: readonly string[] }>;
  find(runId: string): Promise<FlowTicket | undefined>;
  /** How many wait before it; counts no further than `limit`. */
  countAhead(ticket: FlowTicket, limit: number): Promise<number>;
  /** Gives the next ones of a key their turn, as far as there is room, at most `limit` of them. @returns their ids */
  admit(key: FlowKey, limit: number, now: Date): Promise<readonly string[]>;
  /** Of a run that has ended, or never began. */
  remove(runId: string): Promise<void>;
  /** The next tenant, or the next key of a tenant, for which runs wait that may begin by now, in the order of their names. */
  nextTenant(after: string, now: Date): Promise<string | undefined>;
  nextKey(tenant: string, now: Date, after?: FlowKey): Promise<FlowKey | undefined>;
  /**
   * What was left by a node that died: tickets of runs that have ended, or of which there never was one; and runs that have their
   * turn and wait all the same. Looks at the next tickets after a run.
   * @returns `after`: where to look next; empty when these were the last
   */
  leftovers(after: string, now: Date): Promise<FlowLeftovers>;
}

export interface FlowLeftovers {
  /** How many tickets it looked at. */
  readonly tickets: number;
  readonly ended: readonly string[];
  readonly stranded: readonly string[];
  readonly after: string;
}
