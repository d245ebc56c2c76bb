import type { SavedHandshake } from '../../core/runtime.ts';

/** What a worker says of itself, and seldom changes. */
export interface WorkerFacts {
  readonly pool: string;
  readonly region: string;
  readonly type: string;
  readonly capabilities: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Jobs that it does at once; 0 when it does not say. */
  readonly maxParallelJobs: number;
}

/** How busy a worker is: percentages from 0 to 100. */
export interface WorkerLoad {
  readonly activeJobs: number;
  readonly cpuLoad: number;
  readonly gpuLoad: number;
  readonly memoryLoad: number;
}

/** How far a worker says it is. */
interface WorkerProgress {
  /** 0 to 100. */
  readonly percent: number;
  readonly memo: string;
  readonly at: Date;
}

/** One heartbeat. */
export interface Heartbeat {
  readonly workerId: string;
  readonly facts: WorkerFacts;
  readonly load: WorkerLoad;
  readonly progress?: Omit<WorkerProgress, 'at'>;
  /** By the clock of the worker, in milliseconds since 1970. */
  readonly sentAt?: number;
  /** The same, if it is signed: one that is not newer was sent by somebody else, again. */
  readonly signedAt?: number;
  /** Of its packet. Workers of this project have another one in each process. */
  readonly traceId?: string;
}

/** What a worker says when it starts. */
export interface WorkerHandshake {
  readonly workerId: string;
  /** Topics whose jobs it takes; empty when it does not say. */
  readonly topics: readonly string[];
  readonly sdkVersion: string;
  /** As of a heartbeat. */
  readonly signedAt?: number;
  readonly traceId?: string;
}

/** The newest handshake of a worker, and what is known of its heartbeats. */
export type KnownHandshake = Omit<SavedHandshake, 'at'>;

/** A worker, or several processes with the same id. */
export interface Worker {
  readonly id: string;
  readonly facts: WorkerFacts;
  readonly load: WorkerLoad;
  readonly topics: ReadonlySet<string>;
  readonly sdkVersion: string;
  readonly progress: WorkerProgress | undefined;
  /** Undefined for one that has sent a handshake and no heartbeat. */
  readonly lastHeartbeatAt: Date | undefined;
  /** False after three heartbeats were missed. */
  readonly isAlive: boolean;
  /** It gets no jobs, because an administrator decided so. */
  readonly isDrained: boolean;
  /** Its key was revoked. Nobody is told of it again. */
  readonly isRevoked: boolean;
}

/** Where a job is sent. */
export interface Place {
  /** The topic, of whose listeners one gets the job; or the subject of one worker. */
  readonly subject: string;
  /** With the subject of one worker. */
  readonly workerId?: string;
}

/** What a job needs of the worker that does it. */
export interface JobNeeds {
  readonly topic: string;
  /**
   * `preferred_worker_id` and `preferred_pool` are tried first. `placement.NAME` must be the label NAME of the worker, or
   * its pool, region or type. Others have no meaning here.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** Capabilities that the worker must have. */
  readonly requires?: readonly string[];
}
