import { describe, expect, it } from 'vitest';
import type { Priority } from '../../core/run.ts';
import { createDispatcher, type DispatcherLimits, type SlotRequest } from './dispatcher.ts';

const ownerOf = (subject: string, tenant = 'default') => ({ tenant, subject });
const ADA = ownerOf('ada');

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
      dispatcher.requestSlot(
        { runId: name, owner: ownerOf(name), kind: 'COMMAND', priority: 'INTERACTIVE', ...more },
        (release) => {
          begun.push(name);
          slots.set(name, release);
        },
      ),
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

  it('is counted, for the node and for each kind that is limited separately', () => {
    const on = startDispatcher({ node: 3, kinds: { AGENT: 2 } });
    on.request('a', { kind: 'AGENT' });
    on.request('b');
    expect(on.dispatcher.slots()).toEqual([
      { limit: 3, used: 2 },
      { kind: 'AGENT', limit: 2, used: 1 },
    ]);
    on.release('a');
    expect(on.dispatcher.slots().map(({ used }) => used)).toEqual([1, 0]);
  });

  it('yields the event loop between steps that end at once', async () => {
    const on = startDispatcher({ node: 1, queue: 10_000 });
    let begun = 0;
    const next = () =>
      on.dispatcher.requestSlot({ runId: 'run', owner: ADA, kind: 'COMMAND', priority: 'INTERACTIVE' }, (release) => {
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
      dispatcher.requestSlot({ runId: 'r', owner: ADA, kind: 'COMMAND', priority: 'BATCH' }, (release) => {
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
    on.dispatcher.assertCapacity(ADA);
    on.request('c');
    expect(() => on.dispatcher.assertCapacity(ADA)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    on.release('a');
    on.dispatcher.assertCapacity(ADA);
  });
});

describe('one owner', () => {
  const ask = (
    on: ReturnType<typeof startDispatcher>,
    subject: string,
    count: number,
    more: Partial<SlotRequest> = {},
  ) => {
    for (let i = 0; i < count; i++) on.request(`${subject} ${i}`, { owner: ownerOf(subject), ...more });
  };

  it.each([
    [2, 1],
    [8, 7],
    [128, 112],
  ])('of a node with %i slots gets %i at most, so that another finds one', (node, share) => {
    const on = startDispatcher({ node, queue: 10_000 });
    ask(on, 'mallory', 1_000);
    expect(on.dispatcher.active).toBe(share);
    ask(on, 'ada', 1);
    expect(on.begun.at(-1)).toBe('ada 0');
  });

  it('gets not all places of a kind', () => {
    const on = startDispatcher({ kinds: { TRANSFORM: 2 } });
    ask(on, 'mallory', 10, { kind: 'TRANSFORM' });
    ask(on, 'ada', 1, { kind: 'TRANSFORM' });
    expect(on.begun).toEqual(['mallory 0', 'ada 0']);
  });

  it('waits for no more than one request of each other, however many those have', () => {
    const on = startDispatcher({ node: 3, queue: 10_000 });
    ask(on, 'mallory', 500);
    ask(on, 'trudy', 500);
    ask(on, 'ada', 2);
    for (let i = 0; i < 6; i++) on.release(on.begun.at(-1) ?? '');
    expect(on.begun.slice(3).filter((name) => name.startsWith('ada'))).toEqual(['ada 0', 'ada 1']);
  });

  it('that fills the queue is refused, and no other', () => {
    const on = startDispatcher({ node: 2, queue: 16 });
    ask(on, 'mallory', 100);
    expect(() => on.dispatcher.assertCapacity(ownerOf('mallory'))).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining('14 of your steps wait') }),
    );
    on.dispatcher.assertCapacity(ADA);
  });

  it('is served after a request that waited for the same limit was withdrawn', () => {
    const on = startDispatcher({ node: 4, kinds: { TRANSFORM: 1 } });
    ask(on, 'first', 1, { kind: 'TRANSFORM' });
    const withdraw = on.request('w', { owner: ADA, kind: 'TRANSFORM' });
    on.request('x', { owner: ADA, kind: 'TRANSFORM' });
    withdraw();
    on.release('first 0');
    expect([on.begun, on.dispatcher.queued]).toEqual([['first 0', 'x'], 0]);
  });
});
