import type { Bus } from '../../bus/bus.ts';
import type { BusPacket } from '../../cap/generated/cordum/agent/v1/packet_pb.js';
import type { Payload } from '../../cap/packet.ts';
import type { Inbox, Leases } from '../../core/leases.ts';
import type { Policy } from '../../core/policy.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import type { JobPointers } from './job-output.ts';
import type { PlacesOfWorkers } from './job-places.ts';

/** Sends packets as this deployment, and reads those of peers. */
interface Packets {
  readonly senderId: string;
  /** @throws PacketError for a packet that is not valid, or not signed by its sender */
  open(bytes: Uint8Array): {
    readonly packet: BusPacket;
    readonly peer: { readonly isWorker: boolean; readonly isVerified: boolean };
  };
  write(payload: Payload, options: { readonly traceId: string }): Uint8Array;
}

/** What jobs need outside the engine. */
export interface ClusterDeps {
  readonly bus: Bus;
  readonly packets: Packets;
  readonly workers: PlacesOfWorkers & {
    /** Hears which nodes are alive, and the id of this one. */
    shareAmong(nodes: readonly string[], own: string): void;
    /** Calls the listener with the id of a worker that was silent for too long. */
    onLost(listener: (workerId: string) => void): () => void;
    /** Calls the listener when the process of a worker is gone that has the jobs which were sent before, in milliseconds since 1970. */
    onRestart(listener: (restart: { readonly workerId: string; readonly before: number }) => void): () => void;
  };
  readonly pointers: JobPointers;
  /** Time limit of a job that states none, from its dispatch. */
  readonly jobTimeoutMs: number;
}

/** What jobs need of the engine. */
export interface JobEngineDeps extends AgentStepDeps {
  readonly reader: Pick<StoreReader, 'history' | 'locateStep' | 'stepsOfWorker' | 'content'>;
  readonly policy: Pick<Policy, 'snapshot'>;
  readonly inbox: Pick<Inbox, 'send'>;
  readonly leases: Pick<Leases, 'nodeId' | 'queues' | 'nextInQueue' | 'countInQueue'>;
  /** The run, if this node drives it or can. */
  findRun(runId: string): Promise<RunHandle | undefined>;
}

/** The attempts that wait on this node for the end of their job, by the id of their step. */
export type JobWaits = Map<string, { readonly runId: string; readonly key: string; onEnded(): void }>;
