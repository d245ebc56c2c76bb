import type { BusCosts } from './measure-bus.ts';
import type { JobCosts } from './measure-jobs.ts';
import type { PacketCosts } from './measure-packets.ts';
import type { RegistryCosts } from './measure-registry.ts';
import { type Costs, MAX_GROUP, type Topology, type Workload } from './model.ts';

export interface Measured {
  readonly jobs: JobCosts;
  readonly packets: PacketCosts;
  readonly bus: BusCosts;
  readonly registry: RegistryCosts;
}

/** What is assumed, because this machine cannot show it. */
const ASSUMED = {
  /** From one process to another in one data center. */
  hopMs: 0.25,
  /** Until two of three NATS servers have a result on their disks. */
  keepMs: 1,
  replicas: 3,
  coresOfBusServer: 4,
  /** Of Node, as `npm start` sets it. */
  heapBytes: 2 ** 30,
  /** Results that nodes together have taken and not acknowledged (src/bus/nats-streams.ts). */
  maxAckPending: 2_048,
  /** Share of its capacity that anything is used for in the plan. */
  usage: 0.65,
} as const;

export function costsOf({ jobs, packets, bus, registry }: Measured): Costs {
  const forwardUs = bus.takeUs + packets.readResultUs;
  return {
    jobMs: jobs.parkedCpuMs,
    forwardMs: forwardUs / 1_000,
    heartbeatMs: (bus.receiveUs + packets.readHeartbeatUs + registry.heartbeatUs) / 1_000,
    appends: jobs.appends,
    commitMs: jobs.commitMs,
    appendMs: jobs.appendMs,
    messageMs: (bus.publishUs + bus.deliverUs) / 1_000,
    keptMessageMs: (bus.keepUs * ASSUMED.replicas) / 1_000,
    hopMs: ASSUMED.hopMs,
    keepMs: ASSUMED.keepMs,
  };
}

/** The most that one thing allows in a deployment of one database, if nothing else limited it. */
export interface Limit {
  readonly name: string;
  readonly value: number;
  readonly unit: 'jobs/s' | 'workers';
}

/** @param nodes of the deployment */
export function limitsOfOneDatabase(measured: Measured, { heartbeatMs }: Workload, nodes: number): readonly Limit[] {
  const costs = costsOf(measured);
  const { bus, packets, registry } = measured;
  const appendsMs = costs.appends * (costs.appendMs + costs.commitMs / MAX_GROUP);
  const elsewhere = (nodes - 1) / nodes;
  const fullCommitMs = costs.commitMs + MAX_GROUP * costs.appendMs;
  // A question and its answer for a result that another node has taken.
  const busMs = costs.messageMs * (1 + 2 * elsewhere) + costs.keptMessageMs;
  const rate = (name: string, value: number): Limit => ({ name, value, unit: 'jobs/s' });
  const workers = (name: string, value: number): Limit => ({ name, value, unit: 'workers' });
  return [
    workers('workers that a node remembers', registry.workers),
    workers('heartbeats, one core of each node', heartbeatMs / costs.heartbeatMs),
    workers('heap of a node', ASSUMED.heapBytes / registry.workerBytes),
    rate('commits', 1_000 / appendsMs),
    rate(`CPU of ${nodes} nodes`, (nodes * 1_000) / costs.jobMs),
    rate('places, one core of each node', (nodes * 1e6) / registry.placeUs),
    // Half of a commit is over when a result arrives, and the next one records it.
    rate('results that wait for a commit', (ASSUMED.maxAckPending * 1_000) / (1.5 * fullCommitMs)),
    rate(`results taken, ${nodes} nodes`, nodes * bus.takenPerSecond),
    rate('results, which every node hears, one core of each', 1e6 / (bus.receiveUs + packets.readResultUs)),
    rate('NATS, one server', (ASSUMED.coresOfBusServer * 1_000) / busMs),
  ];
}

/** So many cells and nodes that nothing is used for more than `usage`, also without one node of a cell. */
export function planFor(costs: Costs, { workers, jobsPerSecond }: Workload, maxWorkers: number): Topology {
  // Groups are smaller than the largest, so that commits cost more.
  const commitsPerSecond = 1_000 / (costs.appends * (costs.appendMs + (4 * costs.commitMs) / MAX_GROUP));
  const cells = Math.ceil(Math.max(workers / maxWorkers, jobsPerSecond / (commitsPerSecond * ASSUMED.usage)));
  const cores = (jobsPerSecond / cells / 1_000) * costs.jobMs;
  return {
    cells,
    nodesPerCell: Math.ceil(cores / ASSUMED.usage) + 1,
    busCores: ASSUMED.replicas * ASSUMED.coresOfBusServer,
  };
}
