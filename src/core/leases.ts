import type { Json } from '../lib/json.ts';
import type { User } from './principal.ts';

/** Which node owns which runs, when several nodes share a database. Only the owner of a run can append to it. */
export interface Leases {
  /** Identifies this process; different after each start. */
  readonly nodeId: string;
  /**
   * Renews the lease of the node for `LEASE_MS` from now. Must be called more often than that.
   * @returns `renewed`: false when the lease had expired; the node's runs may have been taken over, so it must release all
   *   of them. `orphans`: runs without a live owner may exist to be claimed. `nextScheduleAt`: when the next schedule is due.
   */
  renew(): Promise<{ readonly renewed: boolean; readonly orphans: boolean; readonly nextScheduleAt: Date | undefined }>;
  /**
   * Takes over unfinished runs whose owner is no longer alive, oldest first. Once this resolves, appends by the previous
   * owner are rejected.
   * @returns the ids of the runs; fewer than `limit` when no more exist.
   */
  claim(limit: number): Promise<readonly string[]>;
  /** Takes over one finished run, so that it can continue. False when another live node owns it. */
  takeOver(runId: string): Promise<boolean>;
  /** Lets other nodes claim this node's runs immediately. */
  release(): Promise<void>;
}

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
