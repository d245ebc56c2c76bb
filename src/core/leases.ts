import type { Json } from '../lib/json.ts';
import type { JobEnd } from './event.ts';
import type { User } from './principal.ts';

/** Which node owns which runs, when several nodes share a database. Only the owner of a run can append to it. */
export interface Leases {
  /** Identifies this process; different after each start. */
  readonly nodeId: string;
  /**
   * Renews the lease of the node for `LEASE_MS` from now. Must be called more often than that.
   * @param now the time of the engine, by which parked runs are due
   * @returns `renewed`: false when the lease had expired and another node has claimed its runs, perhaps not all: it must
   *   release all of them. `nodes`: the ids of the nodes that are alive, this one included, in order. `claimable`: runs may exist that `claim` takes. `nextScheduleAt`: when the next schedule is due; `nextWakeAt`:
   *   when the next parked run is.
   */
  renew(now: Date): Promise<LeaseRenewal>;
  /** How many nodes were alive at the last renewal, this one included; 1 before. */
  countNodes(): number;
  /**
   * Takes over unfinished runs that need a driver: their owner is no longer alive, or they are parked, and their time has come,
   * a run that they wait for has ended, or they have a message. Once this resolves, appends by the previous owner are rejected.
   * @returns the ids of the runs, in order; fewer than `limit` when no more exist.
   */
  claim(limit: number, now: Date): Promise<readonly string[]>;
  /** Takes over one finished run, so that it can continue. False when another live node owns it. */
  takeOver(runId: string): Promise<boolean>;
  /**
   * Leaves runs of this node without a driver until their time has come, a run that they wait for has ended, or a message comes.
   * No append may be in progress.
   * @returns the runs that are parked now. Of the others something has happened already, or they belong to another node
   */
  park(runs: readonly ParkedRun[]): Promise<readonly string[]>;
  /** Takes over one parked run. False when it is not parked. */
  unpark(runId: string): Promise<boolean>;
  /** The queues in which parked runs wait. */
  queues(): Promise<readonly string[]>;
  /** The parked runs of a queue that are next: by priority, in which a run that has waited long moves up, then by age. */
  nextInQueue(queue: string, limit: number): Promise<readonly string[]>;
  /** How many runs are parked in a queue; counts no further than `limit`. */
  countInQueue(queue: string, limit: number): Promise<number>;
  /** Lets other nodes claim this node's runs immediately. */
  release(): Promise<void>;
}

interface LeaseRenewal {
  readonly renewed: boolean;
  readonly nodes: readonly string[];
  readonly claimable: boolean;
  readonly nextScheduleAt: Date | undefined;
  readonly nextWakeAt: Date | undefined;
}

/** A run that only waits, of which nothing is in memory. */
export interface ParkedRun {
  readonly runId: string;
  /** Of its newest event. */
  readonly seq: number;
  /** When its next timer is due, in milliseconds since 1970; `NEVER` without one. */
  readonly until: number;
  /** Its children for whose end it waits. The transaction that ends one makes the parked run due. */
  readonly childIds: readonly string[];
  /** In which it waits for a worker. */
  readonly queue?: string;
}

export const NEVER = Number.MAX_SAFE_INTEGER;

/** How long a node counts as alive after it renewed its lease. */
export const LEASE_MS = 6_000;

/** A message to a run. Delivered at least once: the same id is the same message. */
export type RunMessage = {
  readonly id: string;
  readonly runId: string;
} & (
  | { readonly type: 'cancel'; readonly by: User; readonly reason?: string; readonly compensate: boolean }
  | {
      readonly type: 'decide';
      readonly approvalId: string;
      readonly by: User;
      readonly approve: boolean;
      readonly comment?: string;
    }
  | { readonly type: 'jobEnded'; readonly step: string; readonly end: JobEnd }
  | { readonly type: 'signal'; readonly by: User; readonly name: string; readonly payload?: Json }
);

/** Messages to runs that other nodes own. */
export interface Inbox {
  /** Durable when it resolves; wakes the driver of the run. */
  send(message: RunMessage): Promise<void>;
  /** Pending messages to these runs, oldest first. */
  read(runIds: readonly string[]): Promise<readonly RunMessage[]>;
  /** Calls the listener with the run's id when any node sends it a message; returns the function that unsubscribes. */
  onMessage(listener: (runId: string) => void): () => void;
  acknowledge(ids: readonly string[]): Promise<void>;
}
