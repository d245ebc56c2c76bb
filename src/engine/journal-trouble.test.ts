import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../core/errors.ts';
import type { Journal } from '../core/journal.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { ADMIN, startEngine } from './engine-for-tests.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

const away = () => new Fault('UNAVAILABLE', 'The store is away.', { retryAfterMs: 10 });
const scope = { tenant: 'default' };

/** The journal, of which `trouble` gets the appends that do not open a run, each with its number. */
const withTrouble =
  (trouble: (nth: number, append: () => ReturnType<Journal['append']>) => ReturnType<Journal['append']>) =>
  (real: Journal): Journal => {
    let nth = 0;
    return {
      ...real,
      append: (runId, seq, events) => {
        const append = () => real.append(runId, seq, events);
        return seq === 1 ? append() : trouble((nth += 1), append);
      },
    };
  };

/** Sleeps, and then does a little. */
const workflow = (ms: number) => ({
  document: {
    name: 'waits',
    steps: [
      { id: 'rest', kind: 'sleep', input: { ms } },
      { id: 'then', kind: 'transform', depends_on: ['rest'], input: { data: 1, expression: '$ + 1' } },
    ],
  },
});

async function endOf(runId: string) {
  for (let i = 0; i < 400; i += 1) {
    const run = await on.store.reader.run(scope, runId);
    if (run && isFinalRunState(run.state)) return run.state;
    await sleep(20);
  }
  return (await on.store.reader.run(scope, runId))?.state;
}

describe('a run under way', () => {
  it('goes on when an append was made whose answer was lost', async () => {
    const journal = withTrouble(async (nth, append) => {
      const appended = await append();
      if (nth === 1) throw away();
      return appended;
    });
    const engine = on.engine({ journal });
    await engine.begin();
    const { run } = await engine.start(ADMIN, { source: workflow(50), waitMs: 0 });
    expect(await endOf(run.id)).toBe('SUCCEEDED');
    expect((await on.store.verifyRun(scope, run.id))?.problems).toEqual([]);
    await engine.stop(0);
  });

  it('is still steered and drained when the journal was away for a while', async () => {
    const journal = withTrouble(async (nth, append) => {
      if (nth === 1) throw away();
      return append();
    });
    const engine = on.engine({ journal });
    await engine.begin();
    const { run } = await engine.start(ADMIN, { source: workflow(60_000), waitMs: 0 });
    await sleep(700);
    expect((await on.store.reader.run(scope, run.id))?.state).toBe('WAITING');
    const cancelled = await engine.cancel(ADMIN, run.id, { compensate: false });
    expect(cancelled.run.state).toBe('CANCELLED');
    await engine.stop(0);
  });
});
