import type { Json } from '../lib/json.ts';
import type { User } from './principal.ts';

/** Who drives which runs, where several nodes share a database. A run has one owner, and only its appends are taken. */
export interface Leases {
  /** This process; another name at each start. */
  readonly nodeId: string;
  /**
   * Says that the node lives, for `LEASE_MS` from now. Called more often than that.
   * @returns false when it was too late: the node's runs may have been taken over, so it must let go of all of them.
   *   `orphans` tells that runs without a living owner may be there to be claimed; `nextAt` when the next schedule is due.
   */
  renew(): Promise<{ readonly renewed: boolean; readonly orphans: boolean; readonly nextScheduleAt: Date | undefined }>;
  /**
   * Takes over runs that have not ended and whose owner is no longer alive, oldest first. Once it resolves, an append
   * of the earlier owner is refused.
   * @returns their ids; fewer than `limit` when there are no more.
   */
  claim(limit: number): Promise<readonly string[]>;
  /** Takes over one run that has ended, so that it can go on. False when another living node has it. */
  takeOver(runId: string): Promise<boolean>;
  /** Lets others claim this node's runs at once. */
  release(): Promise<void>;
}

/** How long a node counts as alive after it said so. */
export const LEASE_MS = 6_000;

/** Something for a run, from whoever is not its driver. Delivered at least once: the same id is the same message. */
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

/** Messages to runs that other nodes drive. */
export interface Inbox {
  /** Durable when it resolves; the run's driver is woken. */
  send(message: RunMessage): Promise<void>;
  /** What waits for these runs, oldest first. */
  read(runIds: readonly string[]): Promise<readonly RunMessage[]>;
  /** Called with the run's id when something was sent to it, on whichever node; returns how to stop that. */
  onMessage(arrived: (runId: string) => void): () => void;
  acknowledge(ids: readonly string[]): Promise<void>;
}
