import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { runCreated } from '../../../test/support/store/sample-events.ts';
import { until } from '../../../test/support/until.ts';
import { newId } from '../../core/ids.ts';
import type { Store } from '../open-store.ts';

const program = fileURLToPath(new URL('../../../test/support/store/append-until-stopped.ts', import.meta.url));
const WRITERS = 4;
const MIN_EVENTS = 5_000;
const scope = { tenant: 'default' };

await onPostgres((makeHarness) => {
  describe('under load', () => {
    it('readers see every event of four writing nodes once, ordered by position, without gaps', async () => {
      const harness = await makeHarness();
      const readers = [await harness.open(), await harness.open()];
      const stop = new AbortController();
      const tails = readers.map((store) => tail(store, stop.signal));
      const writers = Array.from({ length: WRITERS }, () => startWriter(harness.url));
      await Promise.all(writers.map(({ begun }) => begun));
      await until('there are many events', async () => ((await readers[0]?.journal.head()) ?? 0) >= MIN_EVENTS);
      const counts = await Promise.all(writers.map((writer) => writer.stop()));
      const acknowledged = counts.reduce((sum, count) => sum + count, 0);
      for (const { seen } of tails) {
        await until('it has seen every event', () => seen.count >= acknowledged);
        expect(seen).toEqual({ count: acknowledged, outOfPlace: [] });
      }
      stop.abort();
      await Promise.all(tails.map(({ done }) => done));
      const [stored] = await harness.query<{ n: string; last: string }>(
        'SELECT count(*) AS n, max(position) AS last FROM events',
      );
      expect([Number(stored?.n), Number(stored?.last)]).toEqual([acknowledged, acknowledged]);
      const ids = await harness.query<{ id: string }>('SELECT id FROM runs ORDER BY md5(id) LIMIT 50');
      for (const { id } of ids) expect((await readers[0]?.verifyRun(scope, id))?.valid).toBe(true);
      await Promise.all(readers.map((store) => store.close()));
      await harness.remove();
    });

    it('a node that stalls delays the others for seconds, and then continues itself', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const { child, begun, stop } = startWriter(harness.url);
      try {
        await begun;
        for (let round = 0; round < 4; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100 + 37 * round));
          child.kill('SIGSTOP');
          await store.journal.append(newId('run'), 1, [runCreated()]);
          child.kill('SIGCONT');
        }
        const acknowledged = await stop();
        const [stored] = await harness.query<{ n: string }>('SELECT count(*) AS n FROM events');
        expect(Number(stored?.n)).toBe(acknowledged + 4);
      } finally {
        child.kill('SIGKILL');
        await store.close();
        await harness.remove();
      }
    });
  });
});

/** Another node, which appends runs until it is stopped. */
function startWriter(url: string) {
  const child = spawn(process.execPath, [program, url], { stdio: ['pipe', 'pipe', 'inherit'] });
  // It writes a line at its first event, and their number at its end.
  const begun = once(child.stdout, 'data');
  const printed = text(child.stdout);
  return {
    child,
    begun,
    /** @returns the number of events that were acknowledged */
    async stop(): Promise<number> {
      child.stdin.end();
      return Number((await printed).split('\n')[1]);
    },
  };
}

/** Follows the journal from its start, and records every event that does not directly follow the previous one. */
function tail(store: Store, signal: AbortSignal) {
  const seen = { count: 0, outOfPlace: [] as number[] };
  const read = async () => {
    for await (const { events } of store.journal.read(0, {}, scope, { signal, limit: 1_000 })) {
      for (const { position } of events) {
        seen.count += 1;
        if (position !== seen.count) seen.outOfPlace.push(position);
      }
    }
  };
  return { seen, done: read() };
}
