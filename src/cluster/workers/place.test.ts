import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Candidate, isFit, needsOf } from './lane.ts';
import { createRegistry, type Registry } from './registry.ts';
import { nodesBefore } from './shares.ts';
import type { JobNeeds, Worker } from './worker.ts';

/** What the registry knows of a worker in addition. */
type Known = Worker & Candidate;
const TOPICS = ['job.a', 'job.b'];
const IDS = ['w1', 'w2', 'w3', 'w4', 'not a token'];
const NEEDS: readonly JobNeeds[] = TOPICS.flatMap((topic) => [
  { topic, labels: {} },
  { topic, labels: { preferred_pool: 'p' } },
  { topic, labels: { 'placement.rack': '1' } },
  { topic, labels: { preferred_worker_id: 'w2' }, requires: ['gpu'] },
]);
const NODES = ['n1', 'n2', 'n3'];
const facts = fc.record({
  ...{ pool: fc.constantFrom('', 'p'), region: fc.constant(''), type: fc.constant('') },
  capabilities: fc.constantFrom([], ['gpu']),
  labels: fc.constantFrom({}, { rack: '1' }),
  maxParallelJobs: fc.constantFrom(0, 1, 3),
});
const load = fc.record({
  ...{ activeJobs: fc.nat({ max: 3 }), cpuLoad: fc.constantFrom(0, 50, 95), gpuLoad: fc.constant(0) },
  memoryLoad: fc.constant(0),
});
const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  fc.record({ type: fc.constant('beat' as const), id, facts, load }),
  fc.record({ type: fc.constant('greet' as const), id, topics: fc.subarray(TOPICS) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 5_000, 16_000) }),
  fc.record({ type: fc.constant('drain' as const), id, drained: fc.boolean() }),
  fc.record({ type: fc.constant('forget' as const), id }),
  fc.record({ type: fc.constant('begin' as const), needs: fc.constantFrom(...NEEDS) }),
  fc.record({ type: fc.constant('end' as const), index: fc.nat() }),
  fc.record({ type: fc.constant('share' as const), nodes: fc.subarray(NODES, { minLength: 1 }) }),
  fc.record({ type: fc.constant('miss' as const), id }),
);

/** Whether a place is right, decided by looking at every worker. */
function check(registry: Registry, needs: JobNeeds, nodes: readonly string[], inTopic: number): void {
  const workers = registry.list() as readonly Known[];
  const chosen = registry.place(needs);
  const strict = needsOf(needs);
  const takers = workers.filter(({ topics, isAlive }) => isAlive && (topics.has(needs.topic) || topics.size === 0));
  const known = takers.filter(({ topics }) => topics.has(needs.topic));
  const fits = takers.filter((worker) => !worker.isDrained && isFit(worker.facts, strict));
  const free = fits.filter((worker) => known.includes(worker) && worker.isDirect && !worker.isFull);
  if (free.length > 0) {
    const worker = free.find((one) => one.id === chosen?.workerId);
    const { preferred_worker_id: preferredId, preferred_pool: pool } = needs.labels;
    const preferred = free.filter((one) => one.id === preferredId);
    const inPool = free.filter((one) => one.facts.pool === pool);
    const best = preferred.length > 0 ? preferred : inPool.length > 0 ? inPool : free;
    expect(worker?.rank).toBe(Math.min(...best.map(({ rank }) => rank)));
    const before = (id = '') => nodesBefore(nodes, nodes[0] ?? '', id);
    expect(before(worker?.id)).toBe(Math.min(...best.map((one) => before(one.id))));
    expect(best).toContain(worker);
    return;
  }
  const shared = fits.filter((worker) => !(known.includes(worker) && worker.isDirect));
  const hasRoom = shared.some(({ isFull }) => !isFull);
  const slots = Math.max(
    64,
    shared.reduce((sum, worker) => sum + worker.slots, 0),
  );
  const isOpen =
    inTopic < slots &&
    known.every(({ isDrained }) => !isDrained) &&
    (strict.isStrict ? hasRoom && known.every((worker) => fits.includes(worker)) : hasRoom || known.length === 0);
  expect(chosen).toEqual(isOpen ? { subject: needs.topic } : undefined);
}

it('a place is always the one that looking at every worker gives', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      let now = 0;
      let nodes: readonly string[] = [];
      const registry = createRegistry({ onRoom() {}, onLost() {}, onChange() {} }, () => false);
      const running: { readonly topic: string; readonly isShared: boolean; end(): void }[] = [];
      const inTopic = (topic: string) => running.filter((job) => job.isShared && job.topic === topic).length;
      for (const one of steps) {
        if (one.type === 'beat') registry.heartbeat({ workerId: one.id, facts: one.facts, load: one.load }, now);
        else if (one.type === 'greet')
          registry.handshake({ workerId: one.id, topics: one.topics, sdkVersion: '' }, now);
        else if (one.type === 'wait') {
          now += one.ms;
          registry.sweep(now, 0);
        } else if (one.type === 'drain') registry.setDrained(one.id, one.drained);
        else if (one.type === 'forget') registry.revoke(one.id);
        else if (one.type === 'share') {
          nodes = one.nodes;
          registry.shareAmong(nodes, nodes[0] as string);
        } else if (one.type === 'miss') registry.missed({ subject: `worker.${one.id}.jobs`, workerId: one.id });
        else if (one.type === 'end') running.splice(one.index % (running.length || 1), 1)[0]?.end();
        else {
          const chosen = registry.place(one.needs);
          const { topic } = one.needs;
          if (chosen) {
            const end = registry.begin(chosen, topic);
            running.push({ topic, isShared: chosen.workerId === undefined, end });
          }
        }
        for (const needs of NEEDS) check(registry, needs, nodes, inTopic(needs.topic));
      }
    }),
  );
});
