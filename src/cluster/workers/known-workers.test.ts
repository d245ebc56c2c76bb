import { describe, expect, it } from 'vitest';
import { createTestRegistry, direct, SHARED } from '../../../test/support/cap/test-registry.ts';
import { LOST_AFTER_MS } from './registry.ts';

describe('a worker', () => {
  it('that is drained gets no jobs, neither directly nor from its topic', () => {
    const { registry, rooms, drained, beat, place, join, wait } = createTestRegistry();
    drained.add('w1');
    join('w1');
    beat('old');
    expect(place()).toBeUndefined();
    expect(place({ topic: 'job.b' })).toEqual({ subject: 'job.b' });
    registry.setDrained('w1', false);
    expect(rooms).toEqual(['job.a']);
    expect(place()).toEqual(direct('w1'));
    registry.setDrained('w1', true);
    wait(LOST_AFTER_MS + 1);
    expect(place()).toEqual(SHARED);
  });

  it('is lost after three heartbeats, once, unless it never sends any', () => {
    const { registry, lost, beat, greet, place, join, wait } = createTestRegistry();
    join('w1');
    greet('silent');
    wait(LOST_AFTER_MS);
    expect(lost).toEqual([]);
    wait(1);
    wait(60_000);
    expect(lost).toEqual(['w1']);
    expect(registry.get('w1')).toMatchObject({ isAlive: false });
    expect(registry.get('silent')).toMatchObject({ isAlive: true, lastHeartbeatAt: undefined });
    beat('w1');
    expect(place()).toEqual(direct('w1'));
  });

  it('of this project has lost the jobs of a process that is silent, although another one has come in its place', () => {
    const { registry, lost, restarts, time, beat, wait } = createTestRegistry();
    const start = (traceId: string) =>
      registry.handshake({ workerId: 'w1', topics: ['job.a'], sdkVersion: 'signalbox/1', traceId }, time.now);
    const pass = (seconds: number, ...alive: readonly string[]) => {
      for (let left = seconds; left > 0; left -= 5) {
        wait(5_000);
        for (const traceId of alive) beat('w1', { traceId });
      }
    };
    start('first');
    pass(20, 'first');
    // It says its topics again from time to time.
    start('first');
    pass(60, 'first');
    expect(restarts).toEqual([]);
    const restartedAt = time.now + 2_000;
    wait(2_000);
    start('second');
    pass(10, 'second');
    expect(restarts).toEqual([]);
    pass(10, 'second');
    expect(restarts).toEqual([{ workerId: 'w1', before: restartedAt }]);
    // Two at the same time, of which one stops: what was sent after both had come may be with either.
    start('third');
    const thirdAt = time.now;
    pass(60, 'second', 'third');
    expect(restarts).toHaveLength(1);
    pass(20, 'third');
    expect(restarts.slice(1)).toEqual([{ workerId: 'w1', before: thirdAt }]);
    expect(lost).toEqual([]);
    pass(20);
    expect(lost).toEqual(['w1']);
    expect(restarts).toHaveLength(2);
  });

  it('is not lost while nothing could be heard', () => {
    const { registry, lost, join, time } = createTestRegistry();
    join('w1');
    time.now += 60_000;
    registry.sweep(time.now, time.now - LOST_AFTER_MS);
    expect(lost).toEqual([]);
    registry.sweep(time.now + 1, time.now - LOST_AFTER_MS);
    expect(lost).toEqual(['w1']);
  });

  it('that may no longer take part is lost at once', () => {
    const { registry, lost, place, join } = createTestRegistry();
    join('w1');
    registry.revoke('w1');
    expect(lost).toEqual(['w1']);
    expect(registry.list()).toEqual([]);
    expect(place()).toEqual(SHARED);
  });

  it('is not kept alive by its old heartbeats, nor changed by an old handshake', () => {
    const { registry, beat, greet, place, wait } = createTestRegistry();
    greet('w1', ['job.a'], 5);
    expect(beat('w1', { signedAt: 10 })).toBe('accepted');
    expect(greet('w1', ['job.b'], 5)).toBe('replayed');
    expect(beat('w1', { signedAt: 10 })).toBe('replayed');
    expect(place()).toEqual(direct('w1'));
    wait(LOST_AFTER_MS + 1);
    expect(beat('w1', { signedAt: 9 })).toBe('replayed');
    expect(registry.get('w1')?.isAlive).toBe(false);
    expect(beat('w1', { signedAt: 11 })).toBe('accepted');
  });

  it('may be another process than one that was not heard yet, shortly after the start', () => {
    const { registry, beat, place, time } = createTestRegistry();
    registry.handshake({ workerId: 'w1', topics: ['job.a'], sdkVersion: '' }, time.now, time.now - 1_000);
    for (let i = 0; i < 40; i += 1) {
      time.now += i % 2 ? 3_000 : 2_000;
      beat('w1');
      expect(place()).toEqual(SHARED);
    }
  });

  it('of this project has a subject at once, and the topics of its newest handshake', () => {
    const { registry, beat, place, time } = createTestRegistry();
    const greet = (topics: readonly string[]) =>
      registry.handshake({ workerId: 'w1', topics, sdkVersion: 'signalbox/1.0.0' }, time.now, time.now - 1);
    greet(['job.a', 'job.b']);
    beat('w1');
    expect(place()).toEqual(direct('w1'));
    greet(['job.a']);
    beat('w1');
    expect(place()).toEqual(direct('w1'));
    expect(registry.get('w1')?.topics).toEqual(new Set(['job.a']));
  });

  it('whose handshake others have heard is known by it, and is told apart from those that are never heard', () => {
    const { registry, beat, place, time } = createTestRegistry();
    const handshakes = ['w1', 'w2'].map((workerId) => ({
      workerId,
      topics: ['job.a'],
      sdkVersion: 'v',
      intervalMs: 2_000,
    }));
    for (const handshake of handshakes) registry.recall(handshake);
    beat('w1');
    expect(registry.list()).toMatchObject([{ id: 'w1', topics: new Set(['job.a']), sdkVersion: 'v' }]);
    expect(registry.dropRecalled()).toEqual(['w2']);
    beat('w2');
    expect(registry.get('w2')?.topics).toEqual(new Set());
    for (let i = 0; i < 4; i += 1) {
      time.now += 2_000;
      beat('w1');
    }
    expect(place()).toEqual(direct('w1'));
  });

  it('has the topics of all processes with its id, while there may be several', () => {
    const { registry, beat, greet, place, join, wait, time } = createTestRegistry();
    join('w1', {}, ['job.a']);
    greet('w1', ['job.b']);
    expect([...(registry.get('w1')?.topics ?? [])].toSorted()).toEqual(['job.a', 'job.b']);
    const regularly = (times: number) => {
      for (let i = 0; i < times; i += 1) {
        time.now += 5_000;
        beat('w1');
      }
    };
    wait(LOST_AFTER_MS + 1);
    join('w1', {}, ['job.a']);
    regularly(4);
    expect(place()).toEqual(direct('w1'));
    greet('w1', ['job.b']);
    regularly(8);
    expect([...(registry.get('w1')?.topics ?? [])]).toEqual(['job.b']);
    expect(place({ topic: 'job.b' })).toEqual(direct('w1'));
    // Nobody is known to listen to its former topic.
    beat('w1', { active: 4 });
    expect(place()).toEqual(SHARED);
  });

  it('is forgotten when there are too many, those that were lost first before others', () => {
    const { registry, lost, beat, time } = createTestRegistry();
    for (let i = 0; i < 10_000; i += 1) {
      time.now += 1;
      beat(`w${i}`);
    }
    expect(beat('another')).toBe('full');
    time.now = 1_000_000 + LOST_AFTER_MS + 3;
    registry.sweep(time.now, 0);
    expect(lost).toEqual(['w0', 'w1']);
    expect(beat('another')).toBe('accepted');
    expect(registry.get('w0')).toBeUndefined();
    expect(registry.get('w1')).toBeDefined();
  });
});
