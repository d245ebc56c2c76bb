import { createRegistry } from '../../../src/cluster/workers/registry.ts';
import type { Heartbeat, JobNeeds, WorkerFacts } from '../../../src/cluster/workers/worker.ts';

export const FACTS: WorkerFacts = {
  ...{ pool: '', region: '', type: '', capabilities: [], labels: {} },
  maxParallelJobs: 4,
};
export const IDLE = { activeJobs: 0, cpuLoad: 0, gpuLoad: 0, memoryLoad: 0 };
const JOB: JobNeeds = { topic: 'job.a', labels: {} };

/** The topic of the jobs, as a place. */
export const SHARED = { subject: 'job.a' };
export const direct = (workerId: string) => ({ subject: `worker.${workerId}.jobs`, workerId });

/** A registry whose time the test passes, and what it has announced. */
export function createTestRegistry() {
  const rooms: string[] = [];
  const lost: string[] = [];
  const restarts: { readonly workerId: string; readonly before: number }[] = [];
  const drained = new Set<string>();
  const registry = createRegistry(
    {
      onRoom: (topic) => void rooms.push(topic),
      onLost: (id) => void lost.push(id),
      onRestart: (workerId, before) => void restarts.push({ workerId, before }),
      onChange() {},
    },
    (id) => drained.has(id),
  );
  const time = { now: 1_000_000 };
  const beat = (workerId: string, change: Partial<Heartbeat> & { readonly active?: number } = {}) => {
    const { active = 0, ...rest } = change;
    const load = { ...IDLE, activeJobs: active };
    return registry.heartbeat({ workerId, facts: FACTS, load, ...rest }, time.now);
  };
  const greet = (workerId: string, topics: readonly string[] = ['job.a'], signedAt?: number) => {
    const signed = signedAt === undefined ? {} : { signedAt };
    return registry.handshake({ workerId, topics, sdkVersion: 'v', ...signed }, time.now);
  };
  const place = (needs: Partial<JobNeeds> = {}) => registry.place({ ...JOB, ...needs });
  return {
    ...{ registry, rooms, lost, restarts, drained, time, beat, greet, place },
    /** A worker that says its topics, and its heartbeat. */
    join(workerId: string, facts: Partial<WorkerFacts> = {}, topics?: readonly string[]) {
      greet(workerId, topics);
      beat(workerId, { facts: { ...FACTS, ...facts } });
    },
    wait(ms: number) {
      time.now += ms;
      registry.sweep(time.now, 0);
    },
    begin(needs?: Partial<JobNeeds>) {
      const chosen = place(needs);
      return chosen && registry.begin(chosen, needs?.topic ?? 'job.a');
    },
  };
}
