import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProcessCount } from './process-count.ts';

const INTERVAL = 5_000;

/** The times of the heartbeats of processes that started at these times, in order. */
function heartbeats(starts: readonly number[], until: number, interval = INTERVAL): readonly number[] {
  return starts
    .flatMap((start) => Array.from({ length: Math.ceil((until - start) / interval) }, (_, i) => start + i * interval))
    .toSorted((a, b) => a - b);
}

/** A worker of one process whose interval is known. */
function settled() {
  const processes = createProcessCount();
  processes.onHandshake(false, 0);
  for (const at of heartbeats([0], 6 * INTERVAL)) processes.onHeartbeat(at);
  expect(processes.isOne()).toBe(true);
  return processes;
}

describe('a worker is certainly one process', () => {
  it('after one handshake, and not without any', () => {
    const processes = createProcessCount();
    for (const at of heartbeats([0], 60_000)) processes.onHeartbeat(at);
    expect(processes.isOne()).toBe(false);
    processes.onHandshake(false, 0);
    expect(processes.isOne()).toBe(true);
  });

  it('not after a second handshake, until the heartbeats are as regular as before', () => {
    const processes = settled();
    processes.onHandshake(true, 0);
    expect(processes.isOne()).toBe(false);
    for (const at of heartbeats([31_234], 31_234 + 8 * INTERVAL)) processes.onHeartbeat(at);
    expect(processes.isOne()).toBe(true);
  });

  it('not when two start at the same time, however long they run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: INTERVAL - 1 }), (phase) => {
        const processes = createProcessCount();
        processes.onHandshake(false, 0);
        processes.onHandshake(true, 0);
        for (const at of heartbeats([0, phase], 300_000)) {
          processes.onHeartbeat(at);
          expect(processes.isOne()).toBe(false);
        }
      }),
    );
  });

  it('when it has restarted before its interval was known, and is regular by the protocol', () => {
    const processes = createProcessCount();
    processes.onHandshake(false, 0);
    processes.onHeartbeat(0);
    processes.onHandshake(true, 0);
    for (const at of heartbeats([1_000], 8 * INTERVAL)) processes.onHeartbeat(at);
    expect(processes.isOne()).toBe(true);
    for (const at of heartbeats([8 * INTERVAL, 11 * INTERVAL + 1_700], 20 * INTERVAL)) processes.onHeartbeat(at);
    expect(processes.isOne()).toBe(false);
  });

  it('again after it was silent', () => {
    const processes = createProcessCount();
    processes.onHandshake(true, 0);
    processes.onHandshake(false, 0);
    expect(processes.isOne()).toBe(true);
  });

  it('although a heartbeat is late, or lost', () => {
    const processes = settled();
    for (const at of [30_000, 35_000, 41_900, 45_000, 50_000, 65_000, 70_000]) processes.onHeartbeat(at);
    expect(processes.isOne()).toBe(true);
  });
});

it('a second process is noticed by its heartbeats, whatever its phase and whether its handshake was heard', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: INTERVAL - 1 }), fc.boolean(), (phase, isHeard) => {
      const processes = settled();
      if (isHeard) processes.onHandshake(true, 0);
      const both = heartbeats([6 * INTERVAL, 6 * INTERVAL + phase], 40 * INTERVAL);
      for (const at of both.slice(0, 4)) processes.onHeartbeat(at);
      for (const at of both.slice(4)) {
        processes.onHeartbeat(at);
        expect(processes.isOne()).toBe(false);
      }
    }),
  );
});

describe('a process has taken the place of another one', () => {
  const first = heartbeats([0], 6 * INTERVAL);
  const [last] = first.slice(-1) as [number];

  it('when its heartbeats alone come after its handshake, said once and with the time of the handshake', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 3 * INTERVAL }), (later) => {
        const inPhase = Math.min(later % INTERVAL, INTERVAL - (later % INTERVAL));
        fc.pre(inPhase > 0.06 * INTERVAL);
        const processes = settled();
        processes.onHandshake(true, 42);
        const restarts = heartbeats([last + later], last + later + 8 * INTERVAL).map((at) => {
          processes.onHeartbeat(at);
          return processes.takeRestart();
        });
        expect(restarts.filter((at) => at !== undefined)).toEqual([42]);
      }),
    );
  });

  it('never while the first one continues, whatever else sends heartbeats, and for how long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * INTERVAL }), fc.nat({ max: 12 }), (later, count) => {
        const processes = settled();
        processes.onHandshake(true, 42);
        const others = heartbeats([last + later], last + later + count * INTERVAL);
        for (const at of [...heartbeats([last + INTERVAL], last + 40 * INTERVAL), ...others].toSorted(
          (a, b) => a - b,
        )) {
          processes.onHeartbeat(at);
          expect(processes.takeRestart()).toBeUndefined();
        }
      }),
    );
  });
});
