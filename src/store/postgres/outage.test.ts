import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseProxy, startDatabaseProxy } from '../../../test/support/reliability/database-proxy.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { log, runCreated, user } from '../../../test/support/store/sample-events.ts';
import { silentLogger } from '../../../test/support/store/sqlite-harness.ts';
import type { Fault } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import { isJsonObject } from '../../lib/json.ts';
import { openStore, type Store } from '../open-store.ts';

const scope = { tenant: 'default' };

await onPostgres((makeHarness) => {
  describe('while the database is unreachable', () => {
    let harness: Awaited<ReturnType<typeof makeHarness>>;
    let proxy: DatabaseProxy;
    let store: Store;
    beforeEach(async () => {
      harness = await makeHarness();
      proxy = await startDatabaseProxy(harness.url);
      store = await openStore({ database: { kind: 'postgres', url: proxy.url }, logger: silentLogger });
    });
    afterEach(async () => {
      await store.close();
      await proxy.goAway();
      await harness.remove();
    });

    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const follow = () => {
      const stop = new AbortController();
      const seen: Event[] = [];
      const done = (async () => {
        for await (const { events } of store.journal.read(0, {}, scope, { signal: stop.signal })) seen.push(...events);
      })();
      return {
        seen,
        stop: async () => {
          stop.abort();
          await done;
        },
      };
    };
    /** Appends runs one after another until it is stopped, and retries each while the store is UNAVAILABLE. */
    const keepAppending = () => {
      let running = true;
      const acknowledged: string[] = [];
      let refused = 0;
      const work = async () => {
        while (running) {
          const runId = newId('run');
          let isInDoubt = false;
          for (;;) {
            try {
              await store.journal.append(runId, 1, [runCreated(), log('x')]);
              break;
            } catch (error) {
              const { code, details } = error as Fault;
              // It was stored before, and the answer was lost.
              if (code === 'CONFLICT' && isInDoubt) break;
              expect(error).toMatchObject({ code: 'UNAVAILABLE' });
              isInDoubt ||= isJsonObject(details) && details.inDoubt === true;
              refused += 1;
              await pause(20);
            }
          }
          acknowledged.push(runId);
        }
      };
      const all = Promise.all(Array.from({ length: 8 }, work));
      return {
        acknowledged,
        /** Resolves when more appends were acknowledged than now. */
        proceeds: async () => {
          const before = acknowledged.length;
          await expect.poll(() => acknowledged.length).toBeGreaterThan(before);
        },
        /** Resolves when more appends were refused than now. */
        isRefused: async () => {
          const before = refused;
          await expect.poll(() => refused).toBeGreaterThan(before);
        },
        stop: async () => {
          running = false;
          await all;
        },
      };
    };
    const checkAll = async (acknowledged: readonly string[], seen: readonly Event[]) => {
      const rows = await harness.query<{ position: string; run_id: string }>(
        'SELECT position, run_id FROM events ORDER BY position',
      );
      const stored = rows.map(({ position }) => Number(position));
      await expect.poll(() => seen.length).toBeGreaterThanOrEqual(stored.length);
      expect(seen.map(({ position }) => position)).toEqual(stored);
      // No acknowledged append is lost, and no retried append is stored twice.
      expect(new Set(rows.map(({ run_id }) => run_id))).toEqual(new Set(acknowledged));
      expect(stored).toHaveLength(2 * acknowledged.length);
    };

    it('every connection may be cut at any moment: everything recovers without intervention', async () => {
      const reader = follow();
      const appending = keepAppending();
      for (let round = 0; round < 12; round += 1) {
        await appending.proceeds();
        await pause(37 * round);
        await harness.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      }
      await appending.proceeds();
      await appending.stop();
      await checkAll(appending.acknowledged, reader.seen);
      await reader.stop();
    });

    it('appends fail with UNAVAILABLE, and everything works as before once it is back', async () => {
      const reader = follow();
      const appending = keepAppending();
      for (let round = 0; round < 3; round += 1) {
        await appending.proceeds();
        await proxy.goAway();
        await appending.isRefused();
        await proxy.comeBack();
      }
      await appending.proceeds();
      await appending.stop();
      await checkAll(appending.acknowledged, reader.seen);
      await reader.stop();
    });

    it('an append whose answer to COMMIT was lost gets its true outcome', async () => {
      for (let round = 0; round < 5; round += 1) {
        const runId = newId('run');
        const cut = proxy.cutAfter('COMMIT\0');
        const appended = store.journal.append(runId, 1, [runCreated(), log('x')]);
        await cut;
        const { events } = await appended;
        const stored = await harness.query<{ hash: string }>(
          'SELECT hash FROM events WHERE run_id = ? ORDER BY seq',
          runId,
        );
        expect(stored.map(({ hash }) => hash)).toEqual(events.map(({ hash }) => hash));
        expect(await store.journal.head()).toBe(events[1]?.position);
      }
    });

    it('a claim whose answer was lost leaves no run without a driver', async () => {
      const other = await harness.open();
      const runId = newId('run');
      await other.journal.append(runId, 1, [runCreated()]);
      await other.close();
      await store.leases.renew(new Date());
      const cut = proxy.cutAfter('COMMIT\0');
      const claiming = store.leases.claim(10, new Date());
      await Promise.all([cut, expect(claiming).rejects.toMatchObject({ code: 'UNAVAILABLE' })]);
      // The server commits when it can; the node that lost its answer does not know when.
      const owners = () => harness.query('SELECT owner FROM runs WHERE id = ?', runId);
      await expect.poll(owners).toEqual([{ owner: store.nodeId }]);
      expect((await store.leases.renew(new Date())).claimable).toBe(true);
      expect(await store.leases.claim(10, new Date())).toEqual([runId]);
      expect((await store.leases.renew(new Date())).claimable).toBe(false);
    });

    it('reads fail with UNAVAILABLE if it stays away, and wait if it comes back soon', async () => {
      const runId = newId('run');
      await store.journal.append(runId, 1, [runCreated()]);
      await proxy.goAway();
      await expect(store.reader.run(scope, runId)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 1_000 });
      await expect(store.accounts.put({ ...user(), passwordHash: 'x' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const soon = [
        store.reader.run(scope, runId),
        store.reader.snapshot(scope, runId),
        store.journal.page(0, {}, scope, 10),
      ];
      await pause(200);
      await proxy.comeBack();
      const [run, snapshot, page] = await Promise.all(soon);
      expect([run, snapshot, page]).toMatchObject([{ id: runId }, { run: { id: runId } }, { events: [{ runId }] }]);
    });

    it('missed messages and commits of other nodes are found afterwards', async () => {
      const other = await harness.open();
      const reader = follow();
      const arrived: string[] = [];
      store.inbox.onMessage((runId) => arrived.push(runId));
      await proxy.goAway();
      const { events } = await other.journal.append(newId('run'), 1, [runCreated()]);
      const runId = events[0]?.runId as string;
      await other.inbox.send({ id: newId('msg'), runId, type: 'signal', by: user(), name: 'go' });
      await proxy.comeBack();
      await expect.poll(() => arrived.length > 0 && reader.seen.length > 0).toBe(true);
      expect([arrived, reader.seen]).toEqual([[runId], events]);
      await reader.stop();
      await other.close();
    });
  });
});
