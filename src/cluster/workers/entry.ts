import { DRAINING_LABEL } from '../../core/runtime.ts';
import { createProcessCount, type ProcessCount } from './process-count.ts';
import type { WorkerProcess } from './restarts.ts';
import type { KnownHandshake, Worker, WorkerFacts, WorkerLoad } from './worker.ts';

/** Part of the slots, and percentage of CPU or GPU, from which a worker is full. */
const FULL_AT = 0.9;
/** Of a worker that does not say how many jobs it does at once, and at least of a topic, on one node. */
export const DEFAULT_SLOTS = 64;
/** Differences in CPU load that are smaller do not count, so that workers keep their order. */
const LOAD_STEP = 5;
/** For each node that comes before this one; more than any load of a worker with room. */
const NODE_RANK = 10;
/** More than that of all nodes. */
const FULL_RANK = 1_000_000;

const NO_FACTS: WorkerFacts = { pool: '', region: '', type: '', capabilities: [], labels: {}, maxParallelJobs: 0 };
const NEVER = Number.NEGATIVE_INFINITY;
const NO_LOAD: WorkerLoad = { activeJobs: 0, cpuLoad: 0, gpuLoad: 0, memoryLoad: 0 };

/** A worker with what only the registry knows of it. */
export interface Entry extends Worker {
  facts: WorkerFacts;
  load: WorkerLoad;
  topics: ReadonlySet<string>;
  sdkVersion: string;
  progress: Worker['progress'];
  lastHeartbeatAt: Date | undefined;
  isAlive: boolean;
  isDrained: boolean;
  isRevoked: boolean;
  readonly processes: ProcessCount;
  /** Those of a worker of this project. */
  readonly ownProcesses: WorkerProcess[];
  /** Topics of its newest handshake. */
  newestTopics: ReadonlySet<string>;
  /** When the last packet of it came. */
  heardAt: number;
  /** Signed times of the newest ones. */
  readonly signedAt: { heartbeat: number; handshake: number };
  /** Nobody listened at its subject. */
  isUnreachable: boolean;
  /** Jobs that this node sent to its subject, and that have not ended. */
  inFlight: number;
  /** Of those, begun minus ended since the last heartbeat, which does not count them. */
  sinceHeartbeat: number;
  isDirect: boolean;
  /** How many nodes come before this one for the worker: 0 for one of its share. */
  nodesBefore: number;
  slots: number;
  isFull: boolean;
  rank: number;
  turn: number;
}

/** @param known its handshake, if it was heard earlier, perhaps by another node */
export function newEntry(id: string, isDrained: boolean, nodesBefore: number, known?: KnownHandshake): Entry {
  const topics = new Set(known?.topics);
  return {
    ...{ id, facts: NO_FACTS, load: NO_LOAD, topics, newestTopics: topics, sdkVersion: known?.sdkVersion ?? '' },
    ...{ progress: undefined, lastHeartbeatAt: undefined, heardAt: NEVER },
    signedAt: { heartbeat: NEVER, handshake: NEVER },
    ...{
      isAlive: false,
      isDrained,
      isRevoked: false,
      isUnreachable: false,
      isDirect: false,
      processes: createProcessCount(known),
      ownProcesses: [],
    },
    ...{ inFlight: 0, sinceHeartbeat: 0, nodesBefore, slots: DEFAULT_SLOTS, isFull: false, rank: 0, turn: 0 },
  };
}

/**
 * Must be called after facts, load, jobs or nodes changed. Nodes learn of each other's jobs by the next heartbeat only, so a worker of
 * another node's share comes after all of the own share that have room.
 */
export function rankAgain(entry: Entry): void {
  const { activeJobs, cpuLoad, gpuLoad } = entry.load;
  entry.slots = entry.facts.maxParallelJobs || DEFAULT_SLOTS;
  // A heartbeat may have been sent before jobs arrived that this node counts.
  const active = Math.max(activeJobs + entry.sinceHeartbeat, entry.inFlight, 0) / entry.slots;
  // Something else may load the machine for long: one without jobs takes one nevertheless.
  const isLoaded = cpuLoad >= FULL_AT * 100 || gpuLoad >= FULL_AT * 100;
  // One that stops takes no more, also when one of its jobs has ended since it said so.
  const isDraining = entry.facts.labels[DRAINING_LABEL] === 'true';
  entry.isFull = isDraining || active >= FULL_AT || (active > 0 && isLoaded);
  const steps = (load: number) => Math.round(load / LOAD_STEP) * LOAD_STEP;
  const load = active + (steps(cpuLoad) + steps(gpuLoad)) / 100;
  entry.rank = load + NODE_RANK * entry.nodesBefore + (entry.isFull ? FULL_RANK : 0);
}

/** The worker that was lost first; if none is, the first one of those that never send heartbeats. */
export function leastNeeded(entries: Iterable<Entry>): Entry | undefined {
  let victim: Entry | undefined;
  for (const entry of entries) {
    if (entry.isAlive && entry.lastHeartbeatAt !== undefined) continue;
    if (!victim || Number(entry.isAlive) < Number(victim.isAlive)) victim = entry;
    else if (entry.isAlive === victim.isAlive && entry.heardAt < victim.heardAt) victim = entry;
  }
  return victim;
}

/** Labels and capabilities count as equal in the same order only. */
export function hasSameFacts({ facts }: Entry, other: WorkerFacts): boolean {
  return JSON.stringify(facts) === JSON.stringify(other);
}
