import { describe, expect, it } from 'vitest';
import type { Priority } from '../../core/run.ts';
import { createDispatcher, type DispatcherLimits, type SlotRequest } from './dispatcher.ts';

/** A dispatcher, and the names of those that have a place, in the order in which they got it. */
function dispatching(limits: Partial<DispatcherLimits> = {}) {
  let now = 0;
  const dispatcher = createDispatcher({ node: 100, queue: 100, ...limits }, () => now);
  const begun: string[] = [];
  const places = new Map<string, () => void>();
  return {
    dispatcher,
    begun,
    ask: (name: string, ticket: Partial<SlotRequest> = {}) =>
      dispatcher.requestSlot({ runId: name, kind: 'COMMAND', priority: 'INTERACTIVE', ...ticket }, (giveBack) => {
        begun.push(name);
        places.set(name, giveBack);
      }),
    giveBack: (name: string) => places.get(name)?.(),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('a place', () => {
  it('is given at once where there is one, and else when one is given back, first come, first served', () => {
    const on = dispatching({ node: 2 });
    for (const name of ['a', 'b', 'c', 'd']) on.ask(name);
    expect([on.begun, on.dispatcher.active, on.dispatcher.queued]).toEqual([['a', 'b'], 2, 2]);
    on.giveBack('b');
    expect(on.begun).toEqual(['a', 'b', 'c']);
    on.giveBack('a');
    expect(on.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leaves the event loop to others between steps that are done at once', async () => {
    const on = dispatching({ node: 1, queue: 10_000 });
    let begun = 0;
    const next = () =>
      on.dispatcher.requestSlot({ runId: 'run', kind: 'COMMAND', priority: 'INTERACTIVE' }, (giveBack) => {
        begun += 1;
        giveBack();
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

  it('is given back once, however often that is said', () => {
    const on = dispatching({ node: 1 });
    for (const name of ['a', 'b', 'c']) on.ask(name);
    on.giveBack('a');
    on.giveBack('a');
    expect([on.begun, on.dispatcher.active]).toEqual([['a', 'b'], 1]);
  });

  it('is not given to a ticket that was withdrawn', () => {
    const on = dispatching({ node: 1 });
    on.ask('a');
    const withdraw = on.ask('b');
    on.ask('c');
    withdraw();
    withdraw();
    expect(on.dispatcher.queued).toBe(1);
    on.giveBack('a');
    expect(on.begun).toEqual(['a', 'c']);
  });

  it('may be given back, and asked for, while one is being given', () => {
    const { dispatcher } = dispatching({ node: 1 });
    const begun: number[] = [];
    const ask = (n: number) =>
      dispatcher.requestSlot({ runId: 'r', kind: 'COMMAND', priority: 'BATCH' }, (giveBack) => {
        begun.push(n);
        if (n < 5) ask(n + 1);
        giveBack();
      });
    ask(1);
    expect([begun, dispatcher.active, dispatcher.queued]).toEqual([[1, 2, 3, 4, 5], 0, 0]);
  });
});

describe('who waits', () => {
  it('is served by priority, then by age', () => {
    const on = dispatching({ node: 1 });
    on.ask('first');
    const asked: readonly [string, Priority][] = [
      ['batch', 'BATCH'],
      ['interactive 1', 'INTERACTIVE'],
      ['interactive 2', 'INTERACTIVE'],
      ['critical', 'CRITICAL'],
    ];
    for (const [name, priority] of asked) on.ask(name, { priority });
    for (let i = 0; i < 4; i++) on.giveBack(on.begun.at(-1) ?? '');
    expect(on.begun).toEqual(['first', 'critical', 'interactive 1', 'interactive 2', 'batch']);
  });

  it('moves up with time, so that nothing starves', () => {
    const on = dispatching({ node: 1 });
    on.ask('first');
    on.ask('batch', { priority: 'BATCH' });
    let served = 0;
    for (; !on.begun.includes('batch') && served < 1_000; served++) {
      on.wait(1_000);
      on.ask(`critical ${served}`, { priority: 'CRITICAL' });
      on.giveBack(on.begun.at(-1) ?? '');
    }
    expect(served).toBeGreaterThan(60);
    expect(served).toBeLessThan(120);
  });
});

describe('a cap', () => {
  it.each<[string, Partial<DispatcherLimits>, Partial<SlotRequest>, Partial<SlotRequest>]>([
    ['of a run', {}, { runId: 'r', limits: { run: 1 } }, { runId: 's', limits: { run: 1 } }],
    ['of a workflow', {}, { workflow: 'w', limits: { workflow: 1 } }, { workflow: 'v', limits: { workflow: 1 } }],
    ['of a kind', { kinds: { TRANSFORM: 1 } }, { kind: 'TRANSFORM' }, { kind: 'COMMAND' }],
  ])('%s holds up its own, and no others', (_, limits, capped, other) => {
    const on = dispatching(limits);
    on.ask('a', capped);
    on.ask('b', capped);
    on.ask('c', other);
    expect([on.begun, on.dispatcher.queued]).toEqual([['a', 'c'], 1]);
    on.giveBack('c');
    expect(on.begun).toEqual(['a', 'c']);
    on.giveBack('a');
    expect(on.begun).toEqual(['a', 'c', 'b']);
  });

  it('of the queue refuses more', () => {
    const on = dispatching({ node: 1, queue: 2 });
    for (const name of ['a', 'b']) on.ask(name);
    on.dispatcher.assertCapacity();
    on.ask('c');
    expect(() => on.dispatcher.assertCapacity()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    on.giveBack('a');
    on.dispatcher.assertCapacity();
  });
});
