import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { finished, log, runCreated, textOutput, user } from '../../../test/support/store/sample-events.ts';
import type { Event } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { EventFilter } from '../../core/journal.ts';
import { listMigrationNames } from '../migrations/schema-engine.ts';
import type { Store } from '../open-store.ts';

const scope = { tenant: 'default' };
const never = new AbortController().signal;

await onPostgres((makeHarness) => {
  describe('several nodes on one database', () => {
    let harness: Awaited<ReturnType<typeof makeHarness>>;
    const open: Store[] = [];
    const openNode = async () => {
      const store = await harness.open();
      open.push(store);
      return store;
    };
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((store) => store.close()));
      await harness.remove();
    });

    const follow = (store: Store, from: number, filter: EventFilter = {}) => {
      const stop = new AbortController();
      const seen: Event[] = [];
      const done = (async () => {
        for await (const { events } of store.journal.read(from, filter, scope, { signal: stop.signal }))
          seen.push(...events);
      })();
      return {
        seen,
        stop: async () => {
          stop.abort();
          await done;
        },
      };
    };
    const eventually = (check: () => boolean | Promise<boolean>) => expect.poll(check).toBe(true);

    it('migrate an empty database once, when they start together', async () => {
      await Promise.all([openNode(), openNode(), openNode()]);
      const applied = await harness.query('SELECT migration_name FROM _prisma_migrations ORDER BY migration_name');
      expect(applied).toEqual((await listMigrationNames('postgres')).map((name) => ({ migration_name: name })));
    });

    it('see what the others append, live and in order', async () => {
      const [a, b] = [await openNode(), await openNode()];
      const from = await a.journal.head();
      const readers = [follow(a, from), follow(a, from), follow(b, from), follow(b, from, { workflow: 'nightly' })];
      const work = async (store: Store) => {
        for (let n = 0; n < 30; n += 1) {
          const runId = newId('run');
          const workflow = n % 3 === 0 ? { workflow: 'nightly' } : {};
          await store.journal.append(runId, 1, [runCreated(workflow), log('x')]);
          await store.journal.append(runId, 3, finished(textOutput('out')));
        }
      };
      await Promise.all([work(a), work(b), work(a)]);
      const all = await harness.query<{ position: string }>(
        'SELECT position FROM events WHERE position > ? ORDER BY position',
        from,
      );
      const positions = all.map(({ position }) => Number(position));
      expect(positions).toEqual(Array.from({ length: 450 }, (_, n) => from + 1 + n));
      for (const { seen } of readers.slice(0, 3)) {
        await eventually(() => seen.length >= positions.length);
        expect(seen.map(({ position }) => position)).toEqual(positions);
      }
      await eventually(() => (readers[3]?.seen.length ?? 0) >= 150);
      expect(readers[3]?.seen).toHaveLength(150);
      for (const reader of readers) await reader.stop();
    });

    it('accept a cursor that another node has just returned', async () => {
      const [a, b] = [await openNode(), await openNode()];
      for (let n = 0; n < 20; n += 1) {
        const { events } = await a.journal.append(newId('run'), 1, [runCreated(), log('x')]);
        const position = events[0]?.position as number;
        expect((await b.journal.page(position, {}, scope, 1)).events).toEqual([events[1]]);
        const batches = b.journal.read(position, {}, scope, { signal: never });
        expect((await batches.next()).value?.events[0]).toEqual(events[1]);
        await batches.return?.();
      }
    });

    it('assign an idempotency key to one run, whichever node gets the request', async () => {
      const nodes = [await openNode(), await openNode(), await openNode()];
      const opening = runCreated({ idempotencyKey: 'shared', principal: user('keys') });
      const tries = await Promise.allSettled(
        Array.from({ length: 30 }, (_, n) => nodes[n % 3]?.journal.append(newId('run'), 1, [opening])),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('are notified of a message to a run, whichever node it was sent to', async () => {
      const [a, b] = [await openNode(), await openNode()];
      const arrived: string[] = [];
      b.inbox.onMessage((runId) => arrived.push(runId));
      const runId = newId('run');
      await a.inbox.send({ id: newId('msg'), runId, type: 'cancel', by: user(), compensate: true });
      await eventually(() => arrived.includes(runId));
      expect(await b.inbox.read([runId])).toMatchObject([{ type: 'cancel', compensate: true }]);
    });

    describe('leases', () => {
      /** As if the node had stalled for longer than its lease. */
      const expire = ({ nodeId }: Store) =>
        harness.tamper(`UPDATE nodes SET expires_at = now() - interval '1 second' WHERE id = ?`, nodeId);
      /** Nodes whose leases do not expire, however slow this machine is. */
      const openLiveNode = async () => {
        const store = await openNode();
        await store.leases.renew(new Date());
        await harness.tamper(`UPDATE nodes SET expires_at = now() + interval '1 hour' WHERE id = ?`, store.nodeId);
        return store;
      };

      it('leave a run to a live node, and take it from a dead one', async () => {
        const [a, b] = [await openLiveNode(), await openLiveNode()];
        const runId = newId('run');
        await a.journal.append(runId, 1, [runCreated()]);
        expect(await b.leases.claim(10, new Date())).toEqual([]);
        expect(await b.leases.takeOver(runId)).toBe(false);
        expect((await b.leases.renew(new Date())).claimable).toBe(false);
        await expire(a);
        expect((await b.leases.renew(new Date())).claimable).toBe(true);
        expect(await b.leases.claim(10, new Date())).toEqual([runId]);
        await expect(a.journal.append(runId, 2, [log('awake again')])).rejects.toMatchObject({
          code: 'CONFLICT',
          details: { owner: b.nodeId },
        });
        await b.journal.append(runId, 2, [log('taken over')]);
        expect((await b.verifyRun(scope, runId))?.valid).toBe(true);
        expect((await a.leases.renew(new Date())).renewed).toBe(false);
        expect((await a.leases.renew(new Date())).renewed).toBe(true);
      });

      it('report the nodes that are alive', async () => {
        const [a, b, c] = [await openLiveNode(), await openLiveNode(), await openLiveNode()];
        const alive = async () => (await a.leases.renew(new Date())).nodes;
        expect(await alive()).toEqual([a.nodeId, b.nodeId, c.nodeId].sort());
        await expire(b);
        expect(await alive()).toEqual([a.nodeId, c.nodeId].sort());
        await c.leases.release();
        expect(await alive()).toEqual([a.nodeId]);
      });

      it('leave its runs to a node that renews too late, if no other node has claimed them', async () => {
        const [a, b] = [await openLiveNode(), await openLiveNode()];
        const runId = newId('run');
        await a.journal.append(runId, 1, [runCreated()]);
        await expire(a);
        expect(await b.leases.takeOver(runId)).toBe(false);
        expect(await a.leases.renew(new Date())).toMatchObject({ renewed: true, claimable: false });
        await a.journal.append(runId, 2, [log('awake again')]);
        expect(await b.leases.claim(10, new Date())).toEqual([]);
      });

      it('release the runs that no other node has taken of a node whose lease is lost', async () => {
        const [a, b] = [await openLiveNode(), await openLiveNode()];
        const runIds = [newId('run', 1e12), newId('run', 1e12 + 1)] as const;
        for (const runId of runIds) await a.journal.append(runId, 1, [runCreated()]);
        await expire(a);
        expect(await b.leases.claim(1, new Date())).toEqual([runIds[0]]);
        expect(await a.leases.renew(new Date())).toMatchObject({ renewed: false, claimable: true });
        await expect(a.journal.append(runIds[1], 2, [log('let go')])).rejects.toMatchObject({ code: 'CONFLICT' });
        expect((await b.leases.renew(new Date())).claimable).toBe(true);
        expect(await b.leases.claim(10, new Date())).toEqual([runIds[1]]);
      });

      it('assign each run to one of many nodes that claim at once', async () => {
        const [a, b, c, d] = [await openLiveNode(), await openLiveNode(), await openLiveNode(), await openLiveNode()];
        const runs = Array.from({ length: 40 }, () => newId('run'));
        await Promise.all(runs.map((runId) => a.journal.append(runId, 1, [runCreated()])));
        await a.leases.release();
        const claimed = (await Promise.all([b, c, d].map((store) => store.leases.claim(20, new Date())))).flat();
        expect(claimed.sort()).toEqual(runs.sort());
      });

      it('never accept an append of the previous owner after the claim has resolved', async () => {
        const [a, b] = [await openNode(), await openNode()];
        for (let round = 0; round < 10; round += 1) {
          const runId = newId('run');
          await a.journal.append(runId, 1, [runCreated()]);
          const appends = Array.from({ length: 30 }, (_, n) => a.journal.append(runId, n + 2, [log(`${n}`)]));
          const outcome = Promise.allSettled(appends);
          const claiming = b.leases.claim(1_000, new Date());
          await claiming;
          const history = (await Array.fromAsync(b.reader.history(runId))).length;
          await b.journal.append(runId, history + 1, [log('the new owner')]);
          const kept = (await outcome).filter(({ status }) => status === 'fulfilled').length;
          expect(kept).toBe(history - 1);
          expect((await b.verifyRun(scope, runId))?.valid).toBe(true);
          await b.journal.append(runId, history + 2, [
            { type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'PENDING', to: 'CANCELLED' } },
          ]);
        }
      });
    });
  });
});
