import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN, startEngine } from '../../../test/support/engine/engine.ts';
import { until } from '../../../test/support/until.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import { isFinalRunState } from '../../core/states.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

const away = () => new Fault('UNAVAILABLE', 'The store is away.', { retryAfterMs: 10 });
const scope = { tenant: 'default' };

type Append = () => ReturnType<Journal['append']>;

/** Wraps the journal: `trouble` gets the appends that do not open a run, each with its number. */
const withTrouble =
  (trouble: (nth: number, append: Append) => ReturnType<Append>) =>
  (real: Journal): Journal => {
    let nth = 0;
    return {
      ...real,
      append: (runId, seq, events) => {
        const append = () => real.append(runId, seq, events);
        if (seq === 1) return append();
        nth += 1;
        return trouble(nth, append);
      },
    };
  };

/** Sleeps, and then runs a transform. */
const workflow = (ms: number) => ({
  document: {
    name: 'waits',
    steps: [
      { id: 'rest', kind: 'sleep', input: { ms } },
      { id: 'then', kind: 'transform', depends_on: ['rest'], input: { data: 1, expression: '$ + 1' } },
    ],
  },
});

const waiting = { document: { name: 'listens', steps: [{ id: 'wait', kind: 'signal', input: { name: 'go' } }] } };

async function begin(...options: Parameters<typeof on.engine>) {
  const engine = on.engine(...options);
  await engine.begin();
  return engine;
}

/** Runs that wait stay in memory, and are recovered after a restart. */
const neverPark = () => vi.spyOn(on.store.leases, 'park').mockResolvedValue([]);

/** The id of a run that is recorded. Its caller may still wait when an append fails, and is then told so. */
async function idOf(start: Promise<{ readonly run: { readonly id: string } }>): Promise<string> {
  try {
    return (await start).run.id;
  } catch (error) {
    expect(error).toMatchObject({ details: { runId: expect.any(String) } });
    return ((error as Fault).details as { runId: string }).runId;
  }
}

async function endOf(runId: string) {
  return until(`run ${runId} has ended`, async () => {
    const run = await on.store.reader.run(scope, runId);
    return run && isFinalRunState(run.state) && run.state;
  });
}

describe('a run in progress', () => {
  it('continues when an append succeeded and its answer was lost', async () => {
    const journal = withTrouble(async (nth, append) => {
      const appended = await append();
      if (nth === 1) throw away();
      return appended;
    });
    const engine = await begin({ journal });
    const runId = await idOf(engine.startWorkflow(ADMIN, { source: workflow(500), waitMs: 0 }));
    expect(await endOf(runId)).toBe('SUCCEEDED');
    expect((await on.store.verifyRun(scope, runId))?.problems).toEqual([]);
    await engine.stop(0);
  });

  it('continues when that was its first append, and its caller was told that it is in doubt', async () => {
    const doubtful = new Fault('UNAVAILABLE', 'Look whether the run is there.', { details: { inDoubt: true } });
    let runId = '';
    const engine = on.engine({
      journal: (real) => ({
        ...real,
        append: async (id, seq, events) => {
          const appended = await real.append(id, seq, events);
          if (seq > 1) return appended;
          runId = id;
          throw doubtful;
        },
      }),
    });
    await engine.begin();
    const request = { source: workflow(50), waitMs: 0, idempotencyKey: 'in-doubt' };
    await expect(engine.startWorkflow(ADMIN, request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await engine.startWorkflow(ADMIN, request)).run.id).toBe(runId);
    expect(await endOf(runId)).toBe('SUCCEEDED');
    await engine.stop(0);
  });

  it('is named to a caller whose wait an append ends that fails, and continues', async () => {
    const journal = withTrouble((nth, append) => (nth === 1 ? Promise.reject(away()) : append()));
    const engine = await begin({ journal });
    const waiting = engine.startWorkflow(ADMIN, { source: workflow(500), waitMs: 60_000 });
    const message = expect.stringContaining('is recorded');
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 10, message });
    const runId = await idOf(waiting);
    expect(await endOf(runId)).toBe('SUCCEEDED');
    await engine.stop(0);
  });

  it('continues when an append failed with an unexpected error', async () => {
    const bug = new TypeError('a bug');
    const journal = withTrouble((nth, append) => (nth === 1 ? Promise.reject(bug) : append()));
    const engine = await begin({ journal });
    const runId = await idOf(engine.startWorkflow(ADMIN, { source: workflow(200), waitMs: 0 }));
    expect(await endOf(runId)).toBe('SUCCEEDED');
    await engine.stop(0);
  });

  it('can still be cancelled and drained after an outage of the journal', async () => {
    const journal = withTrouble((nth, append) => (nth === 1 ? Promise.reject(away()) : append()));
    const engine = await begin({ journal });
    const runId = await idOf(engine.startWorkflow(ADMIN, { source: workflow(60_000), waitMs: 0 }));
    await expect.poll(async () => (await on.store.reader.run(scope, runId))?.state).toBe('WAITING');
    const cancelled = await engine.cancelRun(ADMIN, runId, { compensate: false });
    expect(cancelled.run.state).toBe('CANCELLED');
    await engine.stop(0);
  });

  it('waits for its sub-workflow when the journal first refused an event of it, the first one included', async () => {
    const name = 'inner';
    const inner = { name, steps: workflow(20).document.steps };
    const outer = { name: 'outer', steps: [{ id: 'in', kind: 'workflow', workflow: name, input: {} }] };
    for (const at of [1, 2]) {
      const counts = new Map<string, number>();
      let parent = '';
      const engine = on.engine({
        journal: (real) => ({
          ...real,
          append: async (runId, seq, events) => {
            parent ||= runId;
            const nth = (counts.get(runId) ?? 0) + 1;
            counts.set(runId, nth);
            if (runId !== parent && nth === at) throw away();
            return real.append(runId, seq, events);
          },
        }),
      });
      await engine.begin();
      await engine.saveWorkflow(ADMIN, { document: inner });
      const runId = await idOf(engine.startWorkflow(ADMIN, { source: { document: outer }, waitMs: 0 }));
      expect(await endOf(runId)).toBe('SUCCEEDED');
      expect(counts.size).toBe(2);
      await engine.stop(0);
    }
  });
});

describe('a message to a run that another node has taken over', () => {
  const conflict = new Fault('CONFLICT', 'Another node drives it.', { details: { owner: 'node_other' } });
  const start = async () => {
    const engine = on.engine({
      journal: withTrouble((_, append) => (isTaken ? Promise.reject(conflict) : append())),
    });
    let isTaken = false;
    await engine.begin();
    const { run } = await engine.startWorkflow(ADMIN, { source: waiting, waitMs: 0 });
    await expect.poll(async () => (await on.store.reader.run(scope, run.id))?.state).toBe('WAITING');
    isTaken = true;
    return { engine, run };
  };

  it('is not confirmed', async () => {
    const { engine, run } = await start();
    const sent = engine.sendSignal(ADMIN, run.id, { name: 'go' });
    await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await engine.stop(0);
  });

  it('stays in the inbox for the next owner', async () => {
    const { engine, run } = await start();
    const message = { id: newId('msg'), runId: run.id, type: 'signal', by: ADMIN, name: 'go', payload: 7 } as const;
    await on.store.inbox.send(message);
    await sleep(300);
    expect(await on.store.inbox.read([run.id])).toMatchObject([{ id: message.id }]);
    await engine.stop(0);
    await on.restart();
    const other = await begin();
    expect(await endOf(run.id)).toBe('SUCCEEDED');
    await expect.poll(() => on.store.inbox.read([run.id])).toEqual([]);
    await other.stop(0);
  });
});

describe('a run that could not be read during recovery', () => {
  it('is recovered at the next heartbeat', async () => {
    neverPark();
    const first = await begin();
    const { run } = await first.startWorkflow(ADMIN, { source: waiting, waitMs: 0 });
    await first.stop(0);
    await on.restart();
    const { reader } = on.store;
    const { history } = reader;
    let tries = 0;
    vi.spyOn(reader, 'history').mockImplementation((runId) => {
      if (runId !== run.id) return history(runId);
      tries += 1;
      if (tries === 1) throw away();
      return history(runId);
    });
    const engine = await begin();
    expect(tries).toBe(1);
    await expect.poll(() => tries).toBe(2);
    await engine.sendSignal(ADMIN, run.id, { name: 'go' });
    expect(await endOf(run.id)).toBe('SUCCEEDED');
    await engine.stop(0);
  });
});

describe('many runs', () => {
  it('are claimed in batches, and the lease is renewed before each', async () => {
    neverPark();
    const first = await begin();
    const start = () => first.startWorkflow(ADMIN, { source: workflow(600_000), waitMs: 0 });
    await Promise.all(Array.from({ length: 150 }, start));
    await first.stop(0);
    await on.restart();
    const calls: string[] = [];
    const { leases } = on.store;
    for (const name of ['renew', 'claim'] as const) {
      const real = leases[name] as () => Promise<never>;
      vi.spyOn(leases, name).mockImplementation((...args: []) => {
        calls.push(name);
        return real(...args);
      });
    }
    const engine = await begin();
    expect(calls).toEqual(['renew', 'claim', 'renew', 'claim', 'renew', 'claim']);
    await engine.stop(0);
  });
});

describe('an update of a run', () => {
  /** Sends a signal to a run whose appends are stored as `trouble` says from then on. */
  const sendSignal = async (trouble: (append: Append) => ReturnType<Append>) => {
    let isTroubled = false;
    const engine = on.engine({ journal: withTrouble((_, append) => (isTroubled ? trouble(append) : append())) });
    await engine.begin();
    const { run } = await engine.startWorkflow(ADMIN, { source: waiting, waitMs: 0 });
    await expect.poll(async () => (await on.store.reader.run(scope, run.id))?.state).toBe('WAITING');
    isTroubled = true;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const sent = engine.sendSignal(ADMIN, run.id, { name: 'go' });
    sent.catch(() => {});
    return { engine, run, sent };
  };
  afterEach(() => void vi.useRealTimers());

  it('is confirmed when it is stored, however slow the store is', async () => {
    const appending = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const { engine, sent } = await sendSignal(async (append) => {
      appending.resolve();
      await stored.promise;
      return append();
    });
    await appending.promise;
    await vi.advanceTimersByTimeAsync(60_000);
    stored.resolve();
    await sent;
    await engine.stop(0);
  });

  it('is UNAVAILABLE when the store refuses it for long', async () => {
    const refused = Promise.withResolvers<void>();
    let isBack = false;
    const { engine, run, sent } = await sendSignal((append) => {
      refused.resolve();
      return isBack ? append() : Promise.reject(away());
    });
    await refused.promise;
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(run.id) });
    isBack = true;
    expect(await endOf(run.id)).toBe('SUCCEEDED');
    await engine.stop(0);
  });
});
