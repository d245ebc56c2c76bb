import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import { NEVER, type RunMessage } from '../../../src/core/leases.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { finished, log, plannedStep, runCreated, textOutput, user } from './sample-events.ts';

const scope = { tenant: 'default' };

/** What every store promises of runs whose node has ended, with one node after another. */
export function leasesContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('leases', () => {
    it('keep a run to its node, until another one claims it', async () => {
      const harness = await makeHarness();
      const first = await harness.open();
      const [open, ended, young] = [newId('run', 1e12), newId('run', 1e12 + 1), newId('run', 1e12 + 2)] as const;
      await first.journal.append(young, 1, [runCreated({ principal: user('other') })]);
      await first.journal.append(ended, 1, [runCreated(), ...finished(textOutput('x'))]);
      await first.journal.append(open, 1, [runCreated()]);
      expect(await first.leases.renew(new Date())).toMatchObject({ renewed: true, claimable: false });
      expect(await first.leases.claim(10, new Date())).toEqual([]);
      await first.leases.release();
      await first.close();

      const second = await harness.open();
      expect(second.nodeId).not.toBe(first.nodeId);
      expect(second.leases.nodeId).toBe(second.nodeId);
      const refused = { code: 'CONFLICT', details: { owner: first.nodeId } };
      await expect(second.journal.append(open, 2, [log('too early')])).rejects.toMatchObject(refused);
      expect(await second.leases.renew(new Date())).toEqual({
        renewed: true,
        nodes: [second.nodeId],
        claimable: true,
        nextScheduleAt: undefined,
        nextWakeAt: undefined,
      });
      expect(await second.leases.claim(1, new Date())).toEqual([open]);
      expect(await second.leases.claim(10, new Date())).toEqual([young]);
      expect(await second.leases.claim(10, new Date())).toEqual([]);
      expect((await second.leases.renew(new Date())).claimable).toBe(false);
      await second.journal.append(open, 2, [log('taken over')]);
      await expect(second.journal.append(ended, 5, [log('not mine')])).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await second.leases.takeOver(ended)).toBe(true);
      expect(await second.leases.takeOver(newId('run'))).toBe(false);
      await second.journal.append(ended, 5, [
        { type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'SUCCEEDED', to: 'RUNNING' } },
      ]);
      for (const id of [open, ended]) expect((await second.verifyRun(scope, id))?.valid).toBe(true);
      await second.close();
      await harness.remove();
    });

    it('say which node has the run of a step in memory', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const [runId, step] = [newId('run'), plannedStep('one')];
      await store.journal.append(runId, 1, [runCreated({ steps: [step] })]);
      const place = { runId, key: step.key, isEnded: false };
      expect(await store.reader.locateStep(step.id)).toEqual({ ...place, owner: store.nodeId });
      expect(await store.leases.park([{ runId, seq: 1, until: NEVER, childIds: [] }])).toEqual([runId]);
      expect(await store.reader.locateStep(step.id)).toEqual(place);
      expect(await store.leases.unpark(runId)).toBe(true);
      await store.journal.append(runId, 2, finished(textOutput('x')));
      expect(await store.reader.locateStep(step.id)).toEqual({ ...place, isEnded: true });
      expect(await store.reader.locateStep(newId('step'))).toBeUndefined();
      await store.close();
      await harness.remove();
    });

    it('put parked runs into queues, from which they are taken by priority and age', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const park = async (queue: string, priority: 'BATCH' | 'CRITICAL', time?: number) => {
        const runId = newId('run', time);
        await store.journal.append(runId, 1, [runCreated({ priority })]);
        expect(await store.leases.park([{ runId, seq: 1, until: NEVER, childIds: [], queue }])).toEqual([runId]);
        return runId;
      };
      const [batch, urgent, other] = [await park('a', 'BATCH'), await park('a', 'CRITICAL'), await park('b', 'BATCH')];
      const waitedLong = await park('a', 'BATCH', Date.now() - 3_600_000);
      expect(await store.leases.queues()).toEqual(['a', 'b']);
      expect(await store.leases.nextInQueue('a', 10)).toEqual([waitedLong, urgent, batch]);
      expect(await store.leases.nextInQueue('a', 1)).toEqual([waitedLong]);
      expect(await store.leases.countInQueue('a', 10)).toBe(3);
      expect(await store.leases.countInQueue('a', 2)).toBe(2);
      expect(await store.leases.countInQueue('c', 10)).toBe(0);
      expect(await store.leases.unpark(waitedLong)).toBe(true);
      expect(await store.leases.nextInQueue('a', 10)).toEqual([urgent, batch]);
      expect(await store.leases.unpark(other)).toBe(true);
      expect(await store.leases.queues()).toEqual(['a']);
      await store.close();
      await harness.remove();
    });

    it('reject an append of the previous owner, even with the next seq', async () => {
      const harness = await makeHarness();
      const runId = newId('run');
      const old = await harness.open({ nodeId: 'node_old' });
      await old.journal.append(runId, 1, [runCreated()]);
      await old.leases.release();
      const taker = await harness.open({ nodeId: 'node_new' });
      await taker.leases.renew(new Date());
      expect(await taker.leases.claim(10, new Date())).toEqual([runId]);
      await expect(old.journal.append(runId, 2, [log('late')])).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { owner: 'node_new' },
      });
      expect((await taker.reader.run(scope, runId))?.seq).toBe(1);
      await old.close();
      await taker.close();
      await harness.remove();
    });

    it('leave a parked run without a driver until its time comes, or a message', async () => {
      const harness = await makeHarness();
      const first = await harness.open();
      const [soon, later, never, moved] = [1, 2, 3, 4].map((n) => newId('run', 1e12 + n)) as [
        string,
        string,
        string,
        string,
      ];
      for (const id of [soon, later, never, moved]) await first.journal.append(id, 1, [runCreated()]);
      await first.journal.append(moved, 2, [log('another event')]);
      const at = (ms: number) => new Date(1e12 + ms);
      const parked = await first.leases.park([
        { runId: soon, seq: 1, until: at(1_000).getTime(), childIds: [] },
        { runId: later, seq: 1, until: at(60_000).getTime(), childIds: [] },
        { runId: never, seq: 1, until: NEVER, childIds: [] },
        { runId: moved, seq: 1, until: NEVER, childIds: [] },
      ]);
      expect(parked).toEqual([soon, later, never]);
      expect(await first.leases.park([{ runId: soon, seq: 1, until: NEVER, childIds: [] }])).toEqual([]);
      await first.leases.release();
      await first.close();

      const second = await harness.open();
      expect(await second.leases.renew(at(0))).toMatchObject({ claimable: true, nextWakeAt: at(1_000) });
      // Not the parked ones: their node is dead, but they need none.
      expect(await second.leases.claim(10, at(0))).toEqual([moved]);
      expect(await second.leases.renew(at(999))).toMatchObject({ claimable: false, nextWakeAt: at(1_000) });
      expect(await second.leases.renew(at(1_000))).toMatchObject({ claimable: true, nextWakeAt: at(60_000) });
      expect(await second.leases.claim(10, at(1_000))).toEqual([soon]);
      await second.inbox.send({ id: newId('msg'), runId: never, type: 'signal', by: user(), name: 'go' });
      expect(await second.leases.renew(at(1_000))).toMatchObject({ claimable: true });
      expect(await second.leases.claim(10, at(1_000))).toEqual([never]);
      // It has a message, which its driver would not hear of.
      expect(await second.leases.park([{ runId: never, seq: 1, until: NEVER, childIds: [] }])).toEqual([]);
      expect(await second.leases.unpark(later)).toBe(true);
      expect(await second.leases.unpark(later)).toBe(false);
      expect(await second.leases.renew(at(60_000))).toMatchObject({ claimable: false, nextWakeAt: undefined });
      for (const id of [soon, later, never]) await second.journal.append(id, 2, [log('driven again')]);
      await second.close();
      await harness.remove();
    });

    const ends = finished(textOutput('x'));
    const parentWith = async (store: Store, children: number) => {
      const parentId = newId('run');
      await store.journal.append(parentId, 1, [runCreated()]);
      const childIds = Array.from({ length: children }, () => newId('run'));
      for (const id of childIds) await store.journal.append(id, 1, [runCreated({ parentId })]);
      return { childIds, park: { runId: parentId, seq: 1, until: NEVER } };
    };

    it('leave a parked parent without a driver until a child that it waits for ends', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const { childIds, park } = await parentWith(store, 3);
      const [first, second, third] = childIds as [string, string, string];
      await store.journal.append(first, 2, ends);
      expect(await store.leases.park([{ ...park, childIds }])).toEqual([]);
      expect(await store.leases.park([{ ...park, childIds: [second, newId('run')] }])).toEqual([]);
      expect(await store.leases.park([{ ...park, childIds: [second, third] }])).toEqual([park.runId]);
      await store.journal.append(second, 2, [log('not its end')]);
      expect((await store.leases.renew(new Date())).claimable).toBe(false);
      await store.journal.append(second, 3, ends);
      expect((await store.leases.renew(new Date())).claimable).toBe(true);
      expect(await store.leases.claim(10, new Date())).toEqual([park.runId]);
      // It is driven again, so the end of another child changes nothing of it.
      await store.journal.append(third, 2, ends);
      await store.journal.append(park.runId, 2, [log('driven')]);
      expect(await store.leases.claim(10, new Date())).toEqual([]);
      for (const id of [park.runId, ...childIds]) expect((await store.verifyRun(scope, id))?.valid).toBe(true);
      await store.close();
      await harness.remove();
    });

    it('never lose the end of a child at the moment in which its parent is parked', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const families = await Promise.all(Array.from({ length: 60 }, () => parentWith(store, 2)));
      const endsOf = (childIds: readonly string[]) =>
        Promise.all(childIds.map((id) => store.journal.append(id, 2, ends)));
      const parked = await Promise.all(
        families.map(async ({ childIds, park }) => {
          const [ids] = await Promise.all([store.leases.park([{ ...park, childIds }]), endsOf(childIds)]);
          return ids;
        }),
      );
      expect(await store.leases.claim(100, new Date())).toEqual(parked.flat().sort());
      await store.close();
      await harness.remove();
    });

    it('report when the next schedule is due', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const nextAt = new Date('2030-01-02T03:04:05.678Z');
      const add = async (name: string, at: Date) => {
        const value = harness.kind === 'sqlite' ? at.getTime() : at.toISOString();
        const sql = `INSERT INTO schedules (tenant, name, workflow_id, rule, principal, next_at) VALUES ('t', ?, 'w', '{}', '{}', ?)`;
        await harness.tamper(sql, name, value);
      };
      await add('late', new Date('2031-01-01'));
      await add('early', nextAt);
      expect((await store.leases.renew(new Date())).nextScheduleAt).toEqual(nextAt);
      await store.close();
      await harness.remove();
    });
  });

  describe('the inbox', () => {
    let harness: StoreHarness;
    let store: Store;
    beforeAll(async () => {
      harness = await makeHarness();
      store = await harness.open();
    });
    afterAll(async () => {
      await store.close();
      await harness.remove();
    });

    const signal = (runId: string, name: string): RunMessage => ({
      id: newId('msg'),
      runId,
      type: 'signal',
      by: user(),
      name,
      payload: { text: 'nul \u0000, 𝄞', n: [null] },
    });
    const eventually = (check: () => boolean) => expect.poll(check).toBe(true);

    it('keeps messages in order until they are acknowledged, even over a restart', async () => {
      const [a, b, c] = [newId('run'), newId('run'), newId('run')] as const;
      const [first, second, third] = [signal(a, '1'), signal(b, '2'), signal(a, '3')] as const;
      for (const message of [first, second, third, signal(c, '4')]) await store.inbox.send(message);
      await store.inbox.send(first);
      await store.close();
      store = await harness.open();
      expect(await store.inbox.read([a, b])).toEqual([first, second, third]);
      expect(await store.inbox.read([])).toEqual([]);
      await store.inbox.acknowledge([first.id, second.id]);
      await store.inbox.acknowledge([]);
      expect(await store.inbox.read([a, b])).toEqual([third]);
      await store.inbox.acknowledge([first.id, third.id]);
      expect(await store.inbox.read([a, b])).toEqual([]);
    });

    it('calls watchers with the run of a message once it can be read', async () => {
      const arrived: string[] = [];
      const reads: Promise<readonly RunMessage[]>[] = [];
      const stop = store.inbox.onMessage((runId) => {
        arrived.push(runId);
        reads.push(store.inbox.read([runId]));
      });
      const message = signal(newId('run'), 'go');
      await store.inbox.send(message);
      await eventually(() => arrived.includes(message.runId));
      expect(await reads[0]).toEqual([message]);
      stop();
      await store.inbox.send(signal(newId('run'), 'unheard'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(new Set(arrived)).toEqual(new Set([message.runId]));
    });

    it('that have ended leave what a cancelled run has started, of every tenant and kind', async () => {
      const harness = await makeHarness();
      const { journal, reader, close } = await harness.open();
      const create = async (more: Parameters<typeof runCreated>[0] = {}) => {
        const id = newId('run');
        await journal.append(id, 1, [runCreated({ principal: user('left'), ...more })]);
        return id;
      };
      const end = (id: string, to: 'CANCELLED' | 'FAILED') =>
        journal.append(id, 2, [{ type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'PENDING', to } }]);
      const [parentId, failed, running] = [await create(), await create(), await create()];
      const left = [await create({ kind: 'JOB', parentId }), await create({ parentId })].toSorted();
      await Promise.all([create({ parentId: failed }), create({ kind: 'JOB', parentId: running })]);
      const ended = await create({ parentId });
      await Promise.all([end(parentId, 'CANCELLED'), end(failed, 'FAILED'), end(ended, 'CANCELLED')]);
      const rows = left.map((id) => ({ id, tenant: 'left', parentId }));
      expect(await reader.unfinishedOfCancelled('', 10)).toEqual(rows);
      expect(await reader.unfinishedOfCancelled(left[0] ?? '', 1)).toEqual(rows.slice(1));
      await close();
      await harness.remove();
    });
  });
}
