import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCreated } from '../../../test/support/store/sample-events.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import type { Event } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';

const scope = { tenant: 'default' };
const program = fileURLToPath(new URL('../../../test/support/store/append-until-killed.ts', import.meta.url));

describe('after a crash', () => {
  let harness: Awaited<ReturnType<typeof sqliteHarness>>;
  beforeEach(async () => {
    harness = await sqliteHarness();
  });
  afterEach(() => harness.remove());

  it('of the process, every acknowledged append is stored, and every chain is complete', async () => {
    await (await harness.open()).close();
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, [program, harness.file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const before = acknowledged.size;
      for await (const line of createInterface({ input: child.stdout })) {
        const [runId, seq] = line.split(' ');
        if (runId?.length === 36 && seq) acknowledged.set(runId, Number(seq));
        // At a different moment each time.
        if (acknowledged.size > before + 100 + round * 37) child.kill('SIGKILL');
      }

      const store = await harness.open();
      for (const [runId, seq] of acknowledged) {
        expect((await store.reader.run(scope, runId))?.seq ?? 0).toBeGreaterThanOrEqual(seq);
      }
      for (const { id } of await harness.query<{ id: string }>('SELECT id FROM runs')) {
        expect(await store.verifyRun(scope, id)).toMatchObject({ valid: true, problems: [] });
      }
      await store.close();
    }
  });

  it('of the writer, each append has either happened or failed, and the next one gets a new writer', async () => {
    const writers: Worker[] = [];
    const note = (worker: Worker) => writers.push(worker);
    await (await harness.open()).close();
    process.on('worker', note);
    const store = await harness.open();
    const stop = new AbortController();
    const seen: Event[] = [];
    const reading = (async () => {
      for await (const { events } of store.journal.read(0, {}, scope, { signal: stop.signal })) seen.push(...events);
    })();

    /** Appends 300 runs, terminates the writer at some moment, and counts the appends that happened. */
    const happened = async (moment: (appends: readonly Promise<unknown>[]) => unknown) => {
      await store.journal.append(newId('run'), 1, [runCreated()]);
      const runs = Array.from({ length: 300 }, () => newId('run'));
      const appends = runs.map((runId) => store.journal.append(runId, 1, [runCreated()]));
      await moment(appends);
      await writers.at(-1)?.terminate();
      let count = 0;
      for (const [index, result] of (await Promise.allSettled(appends)).entries()) {
        const stored = await harness.query('SELECT hash FROM events WHERE run_id = ?', runs[index]);
        if (result.status === 'fulfilled') count += 1;
        else expect(result.reason).toMatchObject({ code: 'UNAVAILABLE' });
        const answer = result.status === 'fulfilled' ? [{ hash: result.value.events[0]?.hash }] : [];
        expect(stored).toEqual(answer);
      }
      return count;
    };
    expect(await happened((appends) => Promise.all(appends))).toBe(300);
    expect(await happened((appends) => Promise.race(appends))).toBeGreaterThan(0);
    await happened(() => {});

    const { events } = await store.journal.append(newId('run'), 1, [runCreated()]);
    process.off('worker', note);
    const all = await harness.query<{ position: number }>('SELECT position FROM events ORDER BY position');
    expect(events[0]?.position).toBe(all.at(-1)?.position);
    expect(writers.length).toBe(4);
    while (seen.length < all.length) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await reading;
    expect(seen.map(({ position }) => position)).toEqual(all.map(({ position }) => position));
    await store.close();
  });
});

it('the program for crash tests does nothing if it is only imported', async () => {
  const child = spawn(process.execPath, ['-e', `import(${JSON.stringify(program)})`], { stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
