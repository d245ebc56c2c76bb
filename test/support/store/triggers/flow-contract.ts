import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../../src/core/ids.ts';
import { NEVER } from '../../../../src/core/leases.ts';
import type { Priority } from '../../../../src/core/run.ts';
import type { FlowRules } from '../../../../src/core/run-rules.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { finished, runCreated, textOutput } from '../sample-events.ts';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** What every store promises of the turns of runs. */
export function flowContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the turns of runs', () => {
    const suite = useStore(makeHarness);
    let tenants = 0;
    const newTenant = () => {
      tenants += 1;
      return `flow-${String(tenants).padStart(3, '0')}`;
    };
    const enqueue = async (tenant: string, rules: FlowRules, at = NOW, priority: Priority = 'INTERACTIVE') => {
      const ticket = { runId: newId('run'), tenant, workflow: 'w', rules, priority };
      return suite.store.flowTickets.enqueue(ticket, at);
    };
    const limited = (key: string, limit: number, overflow: 'queue' | 'refuse' | 'cancel_oldest' = 'queue') => ({
      concurrency: { key, limit, overflow },
    });
    const keyOf = (tenant: string, key: string) => ({ tenant, workflow: 'w', key });

    it('are taken until the limit of the key is reached, also by many at once', async () => {
      const tenant = newTenant();
      const { flowTickets } = suite.store;
      const all = await Promise.all(Array.from({ length: 12 }, () => enqueue(tenant, limited('a', 3))));
      const active = all.filter(({ ticket }) => ticket.state === 'ACTIVE');
      expect(active).toHaveLength(3);
      expect((await enqueue(tenant, limited('b', 1))).ticket).toMatchObject({ state: 'ACTIVE', key: 'b', limit: 1 });
      const known = active[0]?.ticket;
      if (!known) throw new Error('none is active');
      const same = { runId: known.runId, tenant, workflow: 'w', rules: limited('a', 3), priority: 'BATCH' } as const;
      expect(await flowTickets.enqueue(same, later(5))).toEqual({ ticket: known, cancel: [] });
      expect(await flowTickets.admit(keyOf(tenant, 'a'), 5, NOW)).toEqual([]);
      await flowTickets.remove(known.runId);
      const admitted = await Promise.all([1, 2, 3].map(() => flowTickets.admit(keyOf(tenant, 'a'), 5, NOW)));
      expect(admitted.flat()).toHaveLength(1);
      expect((await flowTickets.find(admitted.flat()[0] ?? ''))?.state).toBe('ACTIVE');
    });

    it('come by priority, in which who has waited half a minute moves up, then by age', async () => {
      const tenant = newTenant();
      const { flowTickets } = suite.store;
      const first = (await enqueue(tenant, limited('a', 1))).ticket;
      const queued = [
        ['batch, long ago', await enqueue(tenant, limited('a', 1), later(-31_000), 'BATCH')],
        ['interactive', await enqueue(tenant, limited('a', 1), NOW)],
        ['batch', await enqueue(tenant, limited('a', 1), NOW, 'BATCH')],
        ['critical', await enqueue(tenant, limited('a', 1), later(5), 'CRITICAL')],
      ] as const;
      const [, { ticket: last }] = queued[2];
      expect(await flowTickets.countAhead(last, 10)).toBe(3);
      expect(await flowTickets.countAhead(last, 2)).toBe(2);
      const order: string[] = [];
      for (let active = first.runId; order.length < queued.length; ) {
        await flowTickets.remove(active);
        [active = ''] = await flowTickets.admit(keyOf(tenant, 'a'), 5, later(10));
        order.push(queued.find(([, { ticket }]) => ticket.runId === active)?.[0] ?? 'nobody');
      }
      expect(order).toEqual(['critical', 'batch, long ago', 'interactive', 'batch']);
    });

    it('are refused, or taken from the oldest, if the rule says so', async () => {
      const tenant = newTenant();
      const { ticket: oldest } = await enqueue(tenant, limited('a', 1, 'cancel_oldest'));
      const second = await enqueue(tenant, limited('a', 1, 'cancel_oldest'));
      expect(second).toMatchObject({ ticket: { state: 'WAITING' }, cancel: [oldest.runId] });
      const third = await enqueue(tenant, limited('a', 1, 'cancel_oldest'));
      expect(third.cancel).toEqual([second.ticket.runId]);
      await enqueue(tenant, limited('b', 1, 'refuse'));
      await expect(enqueue(tenant, limited('b', 1, 'refuse'))).rejects.toMatchObject({ code: 'THROTTLED' });
    });

    it('of a rate are `limit` at once and then evenly, in the order of arrival', async () => {
      const tenant = newTenant();
      const rules = { rate: { key: 'a', limit: 3, perMs: 3_000 } };
      const at: number[] = [];
      for (let i = 0; i < 6; i += 1) at.push((await enqueue(tenant, rules)).ticket.notBefore.getTime() - NOW.getTime());
      expect(at).toEqual([0, 0, 0, 1_000, 2_000, 3_000]);
      expect((await enqueue(tenant, { rate: { ...rules.rate, key: 'b' } })).ticket.state).toBe('ACTIVE');
      const key = keyOf(tenant, '');
      expect(await suite.store.flowTickets.admit(key, 9, later(999))).toEqual([]);
      expect(await suite.store.flowTickets.nextTenant('flow-000', later(999))).not.toBe(tenant);
      expect(await suite.store.flowTickets.admit(key, 9, later(2_000))).toHaveLength(2);
      // Nothing came for a while: the burst is there again.
      expect((await enqueue(tenant, rules, later(10_000))).ticket.notBefore).toEqual(later(10_000));
    });

    it('of a debounce go to the last one', async () => {
      const tenant = newTenant();
      const rules = { debounce: { key: 'a', ms: 500 } };
      const { ticket: first } = await enqueue(tenant, rules);
      const second = await enqueue(tenant, rules, later(100));
      expect(second.cancel).toEqual([first.runId]);
      expect(second.ticket).toMatchObject({ state: 'WAITING', notBefore: later(600), isDebounced: true });
      expect((await enqueue(tenant, { debounce: { key: 'b', ms: 500 } })).cancel).toEqual([]);
    });

    it('are passed on by tenant and key, each once in a round', async () => {
      const tenant = newTenant();
      const { flowTickets } = suite.store;
      for (const key of ['c', 'a', 'b', 'a']) {
        await enqueue(tenant, limited(key, 1));
        await enqueue(tenant, limited(key, 1));
      }
      const keys: string[] = [];
      for (let key = await flowTickets.nextKey(tenant, NOW); key; key = await flowTickets.nextKey(tenant, NOW, key)) {
        keys.push(key.key);
      }
      expect(keys).toEqual(['a', 'b', 'c']);
      expect(await flowTickets.nextTenant(`${tenant.slice(0, -1)}`, NOW)).toBeDefined();
    });

    it('that a dead node has left are found', async () => {
      const tenant = newTenant();
      const { flowTickets, journal, leases } = suite.store;
      const tickets = [];
      for (let i = 0; i < 4; i += 1)
        tickets.push((await enqueue(tenant, limited(`k${i}`, 1), i < 3 ? later(-120_000) : NOW)).ticket);
      const [one, two, three, four] = tickets.map(({ runId }) => runId) as [string, string, string, string];
      await journal.append(one, 1, [runCreated(), ...finished(textOutput('x'))]);
      await journal.append(two, 1, [runCreated()]);
      await leases.park([{ runId: two, seq: 1, until: NEVER, childIds: [] }]);
      const found = await flowTickets.leftovers('', NOW);
      expect(found.ended).toEqual(expect.arrayContaining([one, three]));
      expect(found.ended).not.toContain(four);
      expect(found.stranded).toEqual([two]);
    });

    it('are never more than the limit, whatever comes and goes', async () => {
      const { flowTickets } = suite.store;
      const step = fc.record({
        type: fc.constantFrom('come', 'come', 'go', 'admit'),
        key: fc.constantFrom('a', 'b'),
        priority: fc.constantFrom('CRITICAL', 'INTERACTIVE', 'BATCH'),
      });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 25 }), async (limit, steps) => {
          const tenant = newTenant();
          const active: Record<string, string[]> = { a: [], b: [] };
          const waiting: Record<string, number> = { a: 0, b: 0 };
          for (const { type, key, priority } of steps) {
            const ofKey = active[key] as string[];
            if (type === 'come') {
              const { ticket } = await enqueue(tenant, limited(key, limit), NOW, priority);
              if (ticket.state === 'ACTIVE') ofKey.push(ticket.runId);
              else waiting[key] = (waiting[key] ?? 0) + 1;
            } else if (type === 'go') {
              const [runId] = ofKey.splice(0, 1);
              if (runId !== undefined) await flowTickets.remove(runId);
            } else {
              const admitted = await flowTickets.admit(keyOf(tenant, key), 9, NOW);
              // All that there is room for, and no more.
              expect(admitted).toHaveLength(Math.min(waiting[key] ?? 0, limit - ofKey.length));
              waiting[key] = (waiting[key] ?? 0) - admitted.length;
              ofKey.push(...admitted);
            }
            expect(ofKey.length).toBeLessThanOrEqual(limit);
          }
        }),
        { numRuns: 15 },
      );
    });
  });
}
