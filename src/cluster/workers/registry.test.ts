import { describe, expect, it } from 'vitest';
import { createTestRegistry, direct, FACTS, IDLE, SHARED } from '../../../test/support/cap/test-registry.ts';
import { nodesBefore } from './shares.ts';

describe('a job goes', () => {
  it('to its topic when nothing is known of those who listen to it, up to 64 on one node', () => {
    const { rooms, place, begin } = createTestRegistry();
    const ends = Array.from({ length: 64 }, () => begin());
    expect(place()).toBeUndefined();
    expect(place({ topic: 'job.b' })).toEqual({ subject: 'job.b' });
    expect(rooms).toEqual([]);
    ends[0]?.();
    ends[0]?.();
    expect(rooms).toEqual(['job.a']);
    expect(begin()).toBeDefined();
    expect(place()).toBeUndefined();
  });

  it('to its topic up to what the workers that may listen to it can do, if they say more', () => {
    const { registry, beat, begin } = createTestRegistry();
    for (const id of ['w1', 'w2', 'w3']) beat(id, { facts: { ...FACTS, maxParallelJobs: 30 } });
    const count = () => {
      let jobs = 0;
      while (begin()) jobs += 1;
      return jobs;
    };
    expect(count()).toBe(90);
    beat('w4', { facts: { ...FACTS, maxParallelJobs: 10 } });
    expect(count()).toBe(10);
    registry.revoke('w4');
    beat('w5', { facts: { ...FACTS, maxParallelJobs: 11 } });
    expect(count()).toBe(1);
  });

  it('to the least loaded worker that says it takes the topic', () => {
    const { registry, beat, place, join } = createTestRegistry();
    join('w1');
    join('w2');
    beat('w1', { active: 2 });
    beat('w2', { active: 1 });
    expect(place()).toEqual(direct('w2'));
    registry.begin(direct('w2'), 'job.a');
    registry.begin(direct('w2'), 'job.a');
    expect(place()).toEqual(direct('w1'));
    beat('w1', { load: { ...IDLE, cpuLoad: 80 } });
    beat('w2', { load: { ...IDLE, gpuLoad: 40 } });
    expect(place()).toEqual(direct('w1'));
  });

  it('to a worker of the share of its node, to those of other nodes when that is full, and to all of a node that is gone', () => {
    const nodes = ['node_a', 'node_b'];
    const ids = Array.from({ length: 20 }, (_, n) => `w${n}`);
    const open = (own: string) => {
      const test = createTestRegistry();
      for (const id of ids) test.join(id, { maxParallelJobs: 1 });
      test.registry.shareAmong(nodes, own);
      return test;
    };
    const begin = ({ place, registry }: ReturnType<typeof open>, count: number) =>
      Array.from({ length: count }, () => {
        const chosen = place();
        if (chosen) registry.begin(chosen, 'job.a');
        return chosen?.workerId;
      });
    const shareOf = (own: string) => ids.filter((id) => nodesBefore(nodes, own, id) === 0);
    const [a, b] = [open('node_a'), open('node_b')];
    const [ofA, ofB] = [shareOf('node_a'), shareOf('node_b')];
    expect(begin(a, ofA.length).toSorted()).toEqual(ofA.toSorted());
    expect(begin(b, ofB.length).toSorted()).toEqual(ofB.toSorted());
    expect(begin(a, ids.length).filter(Boolean).toSorted()).toEqual(ofB.toSorted());

    const left = open('node_a');
    // The first of the other share, with no job at all, comes before one of the own that has one.
    left.registry.shareAmong(['node_a'], 'node_a');
    expect(begin(left, ids.length).toSorted()).toEqual(ids.toSorted());
  });

  it('nowhere when all are full: at 90 % of their slots, of the CPU or of the GPU', () => {
    const { rooms, beat, place, join } = createTestRegistry();
    join('w1', { maxParallelJobs: 10 });
    const facts = { ...FACTS, maxParallelJobs: 10 };
    for (const load of [{ activeJobs: 9 }, { activeJobs: 1, cpuLoad: 90 }, { activeJobs: 1, gpuLoad: 95 }]) {
      beat('w1', { facts, load: { ...IDLE, ...load } });
      expect(place()).toBeUndefined();
    }
    expect(rooms).toEqual([]);
    beat('w1', { facts, load: { ...IDLE, activeJobs: 8, cpuLoad: 89 } });
    expect(rooms).toEqual(['job.a']);
    expect(place()).toEqual(direct('w1'));
  });

  it('nowhere while the workers say that they stop, also when one of their jobs has ended since', () => {
    const { rooms, beat, place, join, begin } = createTestRegistry();
    join('w1', { maxParallelJobs: 2 });
    const [first, second] = [begin(), begin()];
    beat('w1', { facts: { ...FACTS, maxParallelJobs: 2, labels: { 'signalbox.draining': 'true' } }, active: 2 });
    first?.();
    second?.();
    expect(place()).toBeUndefined();
    expect(rooms).toEqual([]);
  });

  it('to a worker that does not say how many jobs it does at once, up to 64', () => {
    const { beat, place, join } = createTestRegistry();
    join('w1', { maxParallelJobs: 0 });
    const facts = { ...FACTS, maxParallelJobs: 0 };
    beat('w1', { facts, active: 57 });
    expect(place()).toEqual(direct('w1'));
    beat('w1', { facts, active: 58 });
    expect(place()).toBeUndefined();
  });

  it('to a worker without jobs, whatever else loads its machine', () => {
    const { beat, place, join } = createTestRegistry();
    join('w1');
    beat('w1', { facts: FACTS, load: { ...IDLE, cpuLoad: 100 } });
    expect(place()).toEqual(direct('w1'));
  });

  it('not to a worker that a burst has filled since its last heartbeat', () => {
    const { rooms, beat, place, join, begin } = createTestRegistry();
    join('w1', { maxParallelJobs: 2 });
    const [first, second, third] = [begin(), begin(), begin()];
    expect(third).toBeUndefined();
    expect(second).toBeDefined();
    // It was sent before the jobs arrived.
    beat('w1', { facts: { ...FACTS, maxParallelJobs: 2 } });
    expect(place()).toBeUndefined();
    first?.();
    expect(rooms).toEqual(['job.a']);
    expect(place()).toEqual(direct('w1'));
  });

  it('to a worker whose heartbeat says that it has the jobs of this node, which count once', () => {
    const { beat, join, begin, place } = createTestRegistry();
    join('w1');
    const ends = [begin(), begin()];
    beat('w1', { active: 2 });
    expect([begin(), begin(), begin()].filter(Boolean)).toHaveLength(2);
    for (const end of ends) end?.();
    expect(place()).toEqual(direct('w1'));
  });

  it('to the topic while two processes may have the id of a worker, and to a worker whose id is no part of a subject', () => {
    const { beat, greet, place, join } = createTestRegistry();
    join('w1');
    greet('w1');
    beat('w1');
    join('two words');
    expect(place()).toEqual(SHARED);
  });

  it('to the topic when nobody listens at the subject of the worker', () => {
    const { registry, place, join } = createTestRegistry();
    join('w1');
    registry.missed(direct('w1'));
    expect(place()).toEqual(SHARED);
  });

  it('to the topic when the workers that say it are full, and others may listen to it', () => {
    const { beat, place, join } = createTestRegistry();
    join('w1', { maxParallelJobs: 1 });
    beat('old');
    expect(place()).toEqual(direct('w1'));
    beat('w1', { facts: { ...FACTS, maxParallelJobs: 1 }, active: 1 });
    expect(place()).toEqual(SHARED);
    beat('old', { active: 4 });
    expect(place()).toBeUndefined();
  });

  it('to workers with the capabilities and labels that it needs only', () => {
    const { place, join } = createTestRegistry();
    const gpu = { requires: ['gpu'] };
    expect(place(gpu)).toBeUndefined();
    join('w1', { capabilities: ['cpu'], region: 'eu' });
    join('w2', { capabilities: ['cpu', 'gpu'], region: 'us', labels: { rack: '7' } });
    expect(place(gpu)).toEqual(direct('w2'));
    expect(place({ labels: { 'placement.region': 'eu' } })).toEqual(direct('w1'));
    expect(place({ labels: { 'placement.rack': '7' } })).toEqual(direct('w2'));
    expect(place({ labels: { 'placement.rack': '8' } })).toBeUndefined();
    expect(place({ ...gpu, labels: { 'placement.region': 'eu' } })).toBeUndefined();
  });

  it('not to a topic where a worker may take it that does not fit', () => {
    const { beat, place, join } = createTestRegistry();
    beat('old', { facts: { ...FACTS, capabilities: ['gpu'] } });
    expect(place({ requires: ['gpu'] })).toEqual(SHARED);
    join('w1');
    expect(place({ requires: ['gpu'] })).toBeUndefined();
    expect(place()).toEqual(direct('w1'));
  });

  it('to the worker or the pool that it prefers, if there is room', () => {
    const { registry, beat, place, join } = createTestRegistry();
    join('w1', { pool: 'a', maxParallelJobs: 1 });
    join('w2', { pool: 'b' });
    beat('w2', { facts: { ...FACTS, pool: 'b' }, active: 2 });
    expect(place({ labels: { preferred_worker_id: 'w2' } })).toEqual(direct('w2'));
    expect(place({ labels: { preferred_pool: 'b' } })).toEqual(direct('w2'));
    registry.begin(direct('w1'), 'job.a');
    expect(place({ labels: { preferred_worker_id: 'w1' } })).toEqual(direct('w2'));
    expect(place({ labels: { preferred_pool: 'a' } })).toEqual(direct('w2'));
    expect(place({ labels: { preferred_worker_id: 'nobody', preferred_pool: 'none' } })).toEqual(direct('w2'));
  });
});

it('jobs of a topic to which nobody listened are tried again when a worker comes that may listen to it, and not before', () => {
  const { registry, rooms, beat, greet, join } = createTestRegistry();
  registry.missed(SHARED);
  join('w1', {}, ['job.b']);
  beat('w1', { active: 3 });
  beat('w1', { active: 1 });
  expect(rooms).toEqual([]);
  greet('w2');
  expect(rooms).toEqual(['job.a']);
  registry.missed(SHARED);
  beat('old');
  beat('old', { active: 1 });
  beat('old');
  expect(rooms).toEqual(['job.a', 'job.a']);
});
