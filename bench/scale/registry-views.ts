import { createRegistry, type Registry } from '../../src/cluster/workers/registry.ts';
import type { Place } from '../../src/cluster/workers/worker.ts';
import { cellOf, poolOf, type ViewOptions, type WorkerViews } from './worker-views.ts';

const HEARTBEAT_FACTS = { region: 'eu-1', type: 'cpu', capabilities: ['git', 'node', 'docker'], maxParallelJobs: 1 };
const LOAD = { cpuLoad: 40, gpuLoad: 0, memoryLoad: 60 };

const idOf = (worker: number) => `builds-${String(worker).padStart(7, '0')}`;
const nodeId = (node: number) => `node_${node}`;
const topicOf = (pool: number) => `job.pool-${pool}`;

/** A worker as the registry hears of it. @param now in ms of virtual time @returns false when the registry has no room for it */
export function hear(registry: Registry, worker: number, pool: number, jobs: number, now: number): boolean {
  const facts = { ...HEARTBEAT_FACTS, pool: `pool-${pool}`, labels: { zone: 'a', version: '1.4.2' } };
  const load = { ...LOAD, activeJobs: jobs };
  return registry.heartbeat({ workerId: idOf(worker), facts, load, sentAt: now }, now) !== 'full';
}

export function greet(registry: Registry, worker: number, pool: number, now: number): void {
  registry.handshake({ workerId: idOf(worker), topics: [topicOf(pool)], sdkVersion: '2.0.16' }, now);
}

/** The same views by the registry of the server: one for each node, which hears all workers of its cell. */
export function createRegistryViews(options: Omit<ViewOptions, 'sharing'>): WorkerViews {
  const { workers, cells, nodesPerCell } = options;
  const withRoom = new Set<number>();
  let now = 0;
  const registries = Array.from({ length: cells * nodesPerCell }, (_, node) => {
    const events = { onRoom: () => withRoom.add(node), onLost: () => {}, onChange: () => {} };
    return createRegistry(events, () => false);
  });
  const nodesOf = (worker: number) => {
    const cell = cellOf(worker, cells);
    return Array.from({ length: nodesPerCell }, (_, index) => cell * nodesPerCell + index);
  };
  const shareAmong = (nodes: readonly number[]) => {
    for (const node of nodes) registries[node]?.shareAmong(nodes.map(nodeId), nodeId(node));
  };
  for (let cell = 0; cell < cells; cell += 1) shareAmong(nodesOf(cell));
  for (let worker = 0; worker < workers; worker += 1) {
    for (const node of nodesOf(worker)) {
      const registry = registries[node] as Registry;
      greet(registry, worker, poolOf(worker, options), now);
      if (!hear(registry, worker, poolOf(worker, options), 0, now))
        throw new RangeError(`a registry has no room for ${Math.ceil(workers / cells)} workers`);
    }
  }
  /** What ends the jobs of a node on a worker, oldest first. */
  const ends = new Map<number, (() => void)[]>();
  const keyOf = (node: number, worker: number) => node * workers + worker;
  const placeOf = (worker: number): Place => ({ subject: `worker.${idOf(worker)}.jobs`, workerId: idOf(worker) });

  return {
    place(node, pool) {
      const { workerId } = registries[node]?.place({ topic: topicOf(pool), labels: {} }) ?? {};
      return workerId === undefined ? -1 : Number(workerId.slice(idOf(0).lastIndexOf('-') + 1));
    },
    begin(node, worker) {
      const end = registries[node]?.begin(placeOf(worker), topicOf(poolOf(worker, options)));
      const key = keyOf(node, worker);
      if (end) ends.set(key, [...(ends.get(key) ?? []), end]);
    },
    end(node, worker) {
      const key = keyOf(node, worker);
      const [end, ...rest] = ends.get(key) ?? [];
      end?.();
      if (rest.length > 0) ends.set(key, rest);
      else ends.delete(key);
    },
    heartbeat(worker, jobs, at) {
      now = at;
      withRoom.clear();
      for (const node of nodesOf(worker))
        hear(registries[node] as Registry, worker, poolOf(worker, options), jobs, now);
      return [...withRoom];
    },
    remove(worker) {
      for (const node of nodesOf(worker)) registries[node]?.revoke(idOf(worker));
    },
    removeNode(node) {
      shareAmong(nodesOf(Math.floor(node / nodesPerCell)).filter((other) => other !== node));
    },
  };
}
