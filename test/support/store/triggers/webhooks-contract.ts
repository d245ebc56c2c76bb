import { describe, expect, it } from 'vitest';
import { QUOTAS } from '../../../../src/core/accounts/accounts.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { NewDelivery, WebhookRecord } from '../../../../src/core/workflows/webhooks.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { finished, runCreated, textOutput, user } from '../sample-events.ts';

const NOW = new Date('2026-11-20T10:00:00.007Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** What every store promises of webhooks, their deliveries, and where they come from. */
export function webhooksContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('webhooks', () => {
    const suite = useStore(makeHarness);
    const draft = (tenant: string, more: Partial<WebhookRecord> = {}) => ({
      ...{ id: newId('hook'), tenant, principal: user(tenant), url: 'https://example.org/x', createdAt: NOW },
      ...{ events: ['run.ended'] as const, secret: Uint8Array.of(1, 2, 3), ...more },
    });
    const delivery = ({ id, tenant }: WebhookRecord, position: number): NewDelivery => ({
      ...{ webhookId: id, tenant, position, event: 'run.ended', runId: 'run_1', body: `{"n":${position}}` },
    });
    const all = async (webhookId: string) =>
      (await suite.store.webhookDeliveries.list(webhookId, undefined, {})).edges.map(({ node }) => node);

    it('are returned as they were created, to those who may see them, until they are removed', async () => {
      const { webhooks } = suite.store;
      const one = await webhooks.create(draft('t1', { workflow: 'nightly' }));
      const two = await webhooks.create(draft('t1', { principal: user('t1', 'bob') }));
      await webhooks.create(draft('t2'));
      expect(one).toMatchObject({ ...draft('t1', { workflow: 'nightly', id: one.id }), since: expect.any(Number) });
      const ids = async (scope: { tenant: string; subject?: string }) =>
        (await webhooks.list(scope, {})).edges.map(({ node }) => node.id);
      expect(await ids({ tenant: 't1' })).toEqual([two.id, one.id]);
      expect(await ids({ tenant: 't1', subject: 'bob' })).toEqual([two.id]);
      expect(await webhooks.find({ tenant: 't1', subject: 'bob' }, one.id)).toBeUndefined();
      expect(await webhooks.remove({ tenant: 't2' }, one.id, NOW)).toBeUndefined();
      await suite.store.webhookDeliveries.add([delivery(one, 1)], NOW);
      expect(await webhooks.remove({ tenant: 't1' }, one.id, NOW)).toEqual(one);
      expect(await webhooks.find({ tenant: 't1' }, one.id)).toBeUndefined();
      expect(await all(one.id)).toEqual([]);
    });

    it('are limited by a quota, which removing one frees, exactly when many are created at once', async () => {
      const { webhooks } = suite.store;
      const limit = QUOTAS.webhooks.principal;
      const created = await Promise.allSettled(Array.from({ length: limit + 3 }, () => webhooks.create(draft('full'))));
      const fulfilled = created.filter(({ status }) => status === 'fulfilled');
      expect(fulfilled).toHaveLength(limit);
      await expect(webhooks.create(draft('full'))).rejects.toMatchObject({ code: 'THROTTLED' });
      const [first] = (await webhooks.list({ tenant: 'full' }, { first: 1 })).edges;
      await webhooks.remove({ tenant: 'full' }, first?.node.id ?? '', NOW);
      await webhooks.create(draft('full'));
    });

    it('keep what waits while they are disabled, and send it once they are enabled', async () => {
      const { webhooks, webhookDeliveries: deliveries } = suite.store;
      const webhook = await webhooks.create(draft('t3'));
      await deliveries.add([delivery(webhook, 1)], NOW);
      expect(await webhooks.disable(webhook.id, 'FAILING', NOW)).toBe(true);
      expect(await webhooks.disable(webhook.id, 'GONE', NOW)).toBe(false);
      expect(await webhooks.enabledOf(['t3'])).toEqual([]);
      expect(await webhooks.find({ tenant: 't3' }, webhook.id)).toMatchObject({
        disabledAt: NOW,
        disabledReason: 'FAILING',
      });
      expect(await deliveries.claim(webhook.id, 10, later(1_000), later(2_000))).toEqual([]);
      await webhooks.enable(webhook.id, NOW);
      expect(await deliveries.claim(webhook.id, 10, later(1_000), later(2_000))).toHaveLength(1);
      expect(await webhooks.enabledOf(['t3'])).toMatchObject([{ id: webhook.id }]);
    });

    it('remember since when they fail', async () => {
      const { webhooks } = suite.store;
      const webhook = await webhooks.create(draft('t4'));
      const now = async () => (await webhooks.find({ tenant: 't4' }, webhook.id)) as WebhookRecord;
      await webhooks.setFailing(webhook, NOW);
      await webhooks.setFailing(await now(), later(5_000));
      expect((await now()).failingSince).toEqual(NOW);
      await webhooks.setFailing(await now(), undefined);
      expect(await now()).toEqual(webhook);
    });

    it('get each event once, and each delivery goes to one node at a time', async () => {
      const { webhooks, webhookDeliveries: deliveries } = suite.store;
      const webhook = await webhooks.create(draft('t5'));
      const other = await webhooks.create(draft('t5'));
      await deliveries.add([delivery(webhook, 1), delivery(webhook, 2)], NOW);
      await deliveries.add([delivery(webhook, 2), delivery(webhook, 3), delivery(other, 3)], later(1));
      expect((await all(webhook.id)).map(({ body }) => body)).toEqual(['{"n":3}', '{"n":2}', '{"n":1}']);
      expect(await deliveries.countWaiting(webhook.id, 2)).toBe(2);
      expect(await deliveries.nextDue('', later(-1))).toBeUndefined();
      expect(await deliveries.nextDue('', NOW)).toBe(webhook.id);
      expect(await deliveries.nextDue(webhook.id, later(1))).toBe(other.id);
      expect(await deliveries.nextDue(other.id, later(1))).toBeUndefined();

      const claims = await Promise.all([1, 2, 3].map(() => deliveries.claim(webhook.id, 2, later(1), later(60_000))));
      const claimed = claims.flat();
      expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
      const [first] = claimed;
      if (!first) throw new Error('nothing was claimed');
      expect(first).toMatchObject({ attempts: 1, state: 'PENDING', nextAt: later(60_000) });
      await deliveries.finish(first, { state: 'DELIVERED', lastStatus: 204 }, later(100));
      expect(await deliveries.find('t5', first.id)).toMatchObject({
        ...{ state: 'DELIVERED', attempts: 1, lastStatus: 204, finishedAt: later(100) },
      });
      expect(await deliveries.find('t6', first.id)).toBeUndefined();
      // Its node was slow, and another one has begun again.
      await deliveries.retry(first.id, later(200));
      await deliveries.finish(first, { state: 'FAILED', lastError: 'late' }, later(300));
      expect(await deliveries.find('t5', first.id)).toMatchObject({ state: 'PENDING', nextAt: later(200) });
      expect((await deliveries.list(webhook.id, 'DELIVERED', {})).edges).toEqual([]);
    });

    it('lose deliveries that ended long ago, and none that waits', async () => {
      const { webhooks, webhookDeliveries: deliveries } = suite.store;
      const webhook = await webhooks.create(draft('t7'));
      await deliveries.add([delivery(webhook, 1), delivery(webhook, 2)], NOW);
      const [one] = await deliveries.claim(webhook.id, 1, NOW, later(60_000));
      if (one) await deliveries.finish(one, { state: 'DELIVERED' }, NOW);
      await deliveries.trim(webhook.id, NOW);
      expect(await all(webhook.id)).toHaveLength(2);
      await deliveries.trim(webhook.id, later(1));
      expect((await all(webhook.id)).map(({ state }) => state)).toEqual(['PENDING']);
    });
  });

  describe('what webhooks get', () => {
    const suite = useStore(makeHarness);
    const endRun = async () => {
      const id = newId('run');
      await suite.store.journal.append(id, 1, [runCreated(), ...finished(textOutput('x'))]);
      return id;
    };

    it('is what happens after the oldest of them, read by one node at a time, from where the last one stopped', async () => {
      const { webhooks, webhookSource: source, journal } = suite.store;
      await endRun();
      const draft = { tenant: 'default', principal: user(), url: 'https://example.org/', createdAt: NOW };
      await webhooks.create({ ...draft, id: newId('hook'), events: ['run.ended'], secret: Uint8Array.of(1) });
      expect(await source.next(NOW, 10_000)).toMatchObject({ events: [] });
      const runId = await endRun();
      const next = await source.next(NOW, 10_000);
      expect(next).toEqual({
        events: [
          { runId, tenant: 'default', event: 'run.ended', position: await journal.head(), at: expect.any(Date) },
        ],
        position: await journal.head(),
      });
      expect(Math.abs((next?.events[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
      const other = await suite.harness.open({ nodeId: 'node_other' });
      expect(await other.webhookSource.next(later(9_000), 10_000)).toBeUndefined();
      // The first node has died before it was done.
      expect(await other.webhookSource.next(later(11_000), 10_000)).toEqual(next);
      await other.webhookSource.done(next?.position ?? 0);
      expect(await other.webhookSource.next(later(11_000), 10_000)).toBeUndefined();
      expect(await source.next(later(11_000), 10_000)).toBeUndefined();
      await other.close();
    });
  });
}
