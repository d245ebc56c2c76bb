/** What things cost and how long they take, in ms. */
export interface Costs {
  /** CPU time of a node for a job: its acceptance, its dispatch, its result; a third each. */
  readonly jobMs: number;
  /** CPU time of a node that takes a result for another one, and of that one. */
  readonly forwardMs: number;
  /** CPU time of a node: receives a heartbeat, reads it, and updates what it knows of the worker. */
  readonly heartbeatMs: number;
  /** Appends of a job: one accepts it and one is made before it is sent; two record its end. Nothing waits for the others. */
  readonly appends: number;
  /** Time of the database: of each commit, and of each append in it. */
  readonly commitMs: number;
  readonly appendMs: number;
  /** CPU time of NATS: a message that one client gets. */
  readonly messageMs: number;
  /** The same of one that is kept on all replicas of its stream. */
  readonly keptMessageMs: number;
  /** From one process to the next. */
  readonly hopMs: number;
  /** Until a result is kept on a majority of the replicas. */
  readonly keepMs: number;
}

/** Appends after which something happens. The others are in the background. */
export const APPENDS_IN_SEQUENCE = 4;

export interface Topology {
  /** Groups of nodes and workers, each with a database and a NATS cluster. A job stays in one. */
  readonly cells: number;
  readonly nodesPerCell: number;
  /** Cores of the NATS servers of one cell. */
  readonly busCores: number;
}

export interface Workload {
  readonly workers: number;
  readonly pools: number;
  readonly jobsPerSecond: number;
  /** Mean of an exponential distribution. */
  readonly jobMs: number;
  readonly heartbeatMs: number;
  /**
   * Who chooses a worker. `all`: every node of a cell uses all its workers. `own`: each worker belongs to one of the nodes. `registry`:
   * the registry of the server, in which nodes use the workers of others when theirs have no room.
   */
  readonly sharing: 'all' | 'registry' | 'own';
}

/** Something that fails while the simulation runs, in the first cell. */
export type Incident =
  /** A database commits nothing for a while, such as until its standby takes over. */
  | { readonly kind: 'database stops'; readonly atMs: number; readonly durationMs: number }
  /** A node is killed. Its runs continue on other nodes when its lease has ended. */
  | { readonly kind: 'node dies'; readonly atMs: number }
  /** A part of the workers disappears. */
  | { readonly kind: 'workers die'; readonly atMs: number; readonly share: number };

/** Appends in one commit, at most. */
export const MAX_GROUP = 512;
/** Between two renewals of the lease of a node. */
export const NODE_HEARTBEAT_MS = 2_500;
/** A result that a node took and never acknowledged is given to another one. */
export const ACK_WAIT_MS = 60_000;
/** A worker that was silent for so many heartbeats is taken for dead. */
export const MISSED_HEARTBEATS = 3;

/** Durations by their logarithm, to two percent: quantiles of millions of values in little memory. */
export interface Durations {
  readonly count: number;
  add(ms: number): void;
  /** @param share 0.99 for p99; NaN without values */
  quantile(share: number): number;
}

const STEP = Math.log(1.02);
const SMALLEST_MS = 0.001;

function createDurations(): Durations {
  const counts: number[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(ms) {
      const bucket = Math.max(0, Math.round(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / STEP));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count += 1;
    },
    quantile(share) {
      let left = share * count;
      for (const [bucket, n = 0] of counts.entries()) {
        left -= n;
        if (left <= 0 && n > 0) return SMALLEST_MS * Math.exp(bucket * STEP);
      }
      return Number.NaN;
    },
  };
}

/** The jobs of some cells. */
export interface Outcome {
  /** From the request to its durable acceptance. */
  readonly accepted: Durations;
  /** From the request to its start on a worker. */
  readonly started: Durations;
  /** From the end on the worker to the durable end. */
  readonly recorded: Durations;
  /** Jobs that reached a worker, and those of them that waited there behind another one. */
  sent: number;
  misplaced: number;
  /** Jobs that were sent again. */
  repeated: number;
  /** Requests whose node died before it answered. */
  refused: number;
  /** When the last job was accepted, started or recorded that took more than a second for it, in ms of virtual time; 0 without one. */
  lateUntil: number;
  /** When the incident was. */
  incidentAt: number;
}

export function createOutcome(): Outcome {
  const [accepted, started, recorded] = [createDurations(), createDurations(), createDurations()];
  return { accepted, started, recorded, sent: 0, misplaced: 0, repeated: 0, refused: 0, lateUntil: 0, incidentAt: 0 };
}

export interface SimulationOptions {
  readonly costs: Costs;
  readonly topology: Topology;
  readonly workload: Workload;
  /** Virtual time that is measured, after a warm-up. */
  readonly seconds: number;
  readonly seed: number;
  readonly incident?: Incident;
}

export interface SimulationResult {
  /** The cell in which the incident is. */
  readonly first: Outcome;
  readonly others: Outcome;
  /** Shares of the measured time in which each was busy. */
  readonly nodes: readonly number[];
  readonly buses: readonly number[];
  /** Appends in a commit, on average, by cell. */
  readonly groupSizes: readonly number[];
  /** Ended in the measured time. */
  readonly jobs: number;
  readonly events: number;
}
