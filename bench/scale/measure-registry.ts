import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRegistry } from '../../src/cluster/workers/registry.ts';
import { cpuUs } from './measure-packets.ts';
import { greet, hear } from './registry-views.ts';

/** What a node knows of workers. */
export interface RegistryCosts {
  /** Of a worker, in bytes of the heap. */
  readonly workerBytes: number;
  /** A heartbeat, and a job that gets a place, holds it and gives it back, in microseconds of CPU time. */
  readonly heartbeatUs: number;
  readonly placeUs: number;
  /** Workers that it remembers, at most. */
  readonly workers: number;
}

const POOLS = 8;
const HEARTBEAT_MS = 5_000;

/** The registry of the server, full. */
export function measureRegistry(times: number): RegistryCosts {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const registry = createRegistry({ onRoom() {}, onLost() {}, onChange() {} }, () => false);
  let workers = 0;
  while (hear(registry, workers, workers % POOLS, 0, 0)) {
    greet(registry, workers, workers % POOLS, 0);
    workers += 1;
  }
  // Makes the lists of candidates.
  for (let pool = 0; pool < POOLS; pool += 1) registry.place({ topic: `job.pool-${pool}`, labels: {} });
  collect();
  const workerBytes = (process.memoryUsage().heapUsed - before) / workers;
  const heartbeatUs = cpuUs(times, (i) => {
    hear(
      registry,
      i % workers,
      (i % workers) % POOLS,
      (i >> 3) & 1,
      HEARTBEAT_MS + Math.floor(i / workers) * HEARTBEAT_MS,
    );
  });
  for (let worker = 0; worker < workers; worker += 1) hear(registry, worker, worker % POOLS, worker & 1, HEARTBEAT_MS);
  const held: (() => void)[] = [];
  const placeUs = cpuUs(times, (i) => {
    const topic = `job.pool-${i % POOLS}`;
    const place = registry.place({ topic, labels: {} });
    if (place) held.push(registry.begin(place, topic));
    if (held.length > workers / 10) held.shift()?.();
  });
  return { workerBytes, heartbeatUs, placeUs, workers };
}
