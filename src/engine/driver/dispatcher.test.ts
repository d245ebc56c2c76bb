import { describe, expect, it } from 'vitest';
import type { Priority } from '../../core/run.ts';
import { createDispatcher, type DispatcherLimits, type SlotRequest } from './dispatcher.ts';

/** A dispatcher, and the names of those that have a slot, in the order in which they got it. */
function startDispatcher(limits: Partial<DispatcherLimits> = {}) {
  let now = 0;
  const dispatcher = createDispatcher({ node: 100, queue: 100, ...limits }, () => now);
  const begun: string[] = [];
  const slots = new Map<string, () => void>();
  return {
    dispatcher,
    begun,
    request: (name: string, more: Partial<SlotRequest> = {}) =>
      dispatcher.requestSlot({ runId: name, kind: 'COMMAND', priority: 'INTERACTIVE', ...more }, (release) => {
        begun.push(name);
        slots.set(name, release);
      }),
    release: (name: string) => slots.get(name)?.(),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('a slot', () => {
  it('is granted at once if one is free, else when one is released, first come, first served', () => {
    const on = startDispatcher({ node: 2 });
    for (const name of ['a', 'b', 'c', 'd']) on.request(name);
    expect([on.begun, on.dispatcher.active, on.dispatcher.queued]).toEqual([['a', 'b'], 2, 2]);
    on.release('b');
    expect(on.begun).toEqual(['a', 'b', 'c']);
    on.release('a');
    expect(on.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('yields the event loop between steps that end at once', async () => {
    const on = startDispatcher({ node: 1, queue: 10_000 });
    let begun = 0;
    const next = () =>
      on.dispatcher.requestSlot({ runId: 'run', kind: 'COMMAND', priority: 'INTERACTIVE' }, (release) => {
        begun += 1;
        release();
        if (begun < 1_000) next();
      });
    next();
    const inFirstTurn = begun;
    expect(inFirstTurn).toBeLessThan(1_000);
    let turns = 0;
    while (begun < 1_000 && turns < 1_000) {
      await new Promise(setImmediate);
      turns += 1;
    }
    expect(begun).toBe(1_000);
    expect(turns).toBeGreaterThan(2);
  });

  it('is released once, however often that is requested', () => {
    const on = startDispatcher({ node: 1 });
    for (const name of ['a', 'b', 'c']) on.request(name);
    on.release('a');
    on.release('a');
    expect([on.begun, on.dispatcher.active]).toEqual([['a', 'b'], 1]);
  });

  it('is not granted to a request that was withdrawn', () => {
    const on = startDispatcher({ node: 1 });
    on.request('a');
    const withdraw = on.request('b');
    on.request('c');
    withdraw();
    withdraw();
    expect(on.dispatcher.queued).toBe(1);
    on.release('a');
    expect(on.begun).toEqual(['a', 'c']);
  });

  it('can be released, and requested, while one is being granted', () => {
    const { dispatcher } = startDispatcher({ node: 1 });
    const begun: number[] = [];
    const ask = (n: number) =>
      dispatcher.requestSlot({ runId: 'r', kind: 'COMMAND', priority: 'BATCH' }, (release) => {
        begun.push(n);
        if (n < 5) ask(n + 1);
        release();
      });
    ask(1);
    expect([begun, dispatcher.active, dispatcher.queued]).toEqual([[1, 2, 3, 4, 5], 0, 0]);
  });
});

describe('a waiting request', () => {
  it('is served by priority, then by age', () => {
    const on = startDispatcher({ node: 1 });
    on.request('first');
    const requests: readonly [string, Priority][] = [
      ['batch', 'BATCH'],
      ['interactive 1', 'INTERACTIVE'],
      ['interactive 2', 'INTERACTIVE'],
      ['critical', 'CRITICAL'],
    ];
    for (const [name, priority] of requests) on.request(name, { priority });
    for (let i = 0; i < 4; i++) on.release(on.begun.at(-1) ?? '');
    expect(on.begun).toEqual(['first', 'critical', 'interactive 1', 'interactive 2', 'batch']);
  });

  it('moves up with time, so that none starves', () => {
    const on = startDispatcher({ node: 1 });
    on.request('first');
    on.request('batch', { priority: 'BATCH' });
    let served = 0;
    for (; !on.begun.includes('batch') && served < 1_000; served++) {
      on.wait(1_000);
      on.request(`critical ${served}`, { priority: 'CRITICAL' });
      on.release(on.begun.at(-1) ?? '');
    }
    expect(served).toBeGreaterThan(60);
    expect(served).toBeLessThan(120);
  });
});

describe('a limit', () => {
  it.each<[string, Partial<DispatcherLimits>, Partial<SlotRequest>, Partial<SlotRequest>]>([
    ['of a run', {}, { runId: 'r', limits: { run: 1 } }, { runId: 's', limits: { run: 1 } }],
    ['of a workflow', {}, { workflow: 'w', limits: { workflow: 1 } }, { workflow: 'v', limits: { workflow: 1 } }],
    ['of a kind', { kinds: { TRANSFORM: 1 } }, { kind: 'TRANSFORM' }, { kind: 'COMMAND' }],
  ])('%s delays its own requests, and no others', (_, limits, capped, other) => {
    const on = startDispatcher(limits);
    on.request('a', capped);
    on.request('b', capped);
    on.request('c', other);
    expect([on.begun, on.dispatcher.queued]).toEqual([['a', 'c'], 1]);
    on.release('c');
    expect(on.begun).toEqual(['a', 'c']);
    on.release('a');
    expect(on.begun).toEqual(['a', 'c', 'b']);
  });

  it('of the queue refuses more requests', () => {
    const on = startDispatcher({ node: 1, queue: 2 });
    for (const name of ['a', 'b']) on.request(name);
    on.dispatcher.assertCapacity();
    on.request('c');
    expect(() => on.dispatcher.assertCapacity()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    on.release('a');
    on.dispatcher.assertCapacity();
  });
});
