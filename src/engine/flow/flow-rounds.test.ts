import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../test/support/engine/engine.ts';
import { newId } from '../../core/ids.ts';
import type { FlowKey } from '../../core/workflows/flow-control.ts';
import { createFlowRounds } from './flow-rounds.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

let runs = 0;

/** What waits: the number of runs for each key of each tenant. All have room but for the runs that hold their places. */
async function queue(waiting: readonly (readonly number[])[]) {
  runs += 1;
  const prefix = `t${String(runs).padStart(4, '0')}`;
  const { flowTickets: tickets } = on.store;
  const now = new Date();
  const holders: string[] = [];
  for (const [t, keys] of waiting.entries()) {
    for (const [k, count] of keys.entries()) {
      const rules = { concurrency: { key: `k${k}`, limit: 1, overflow: 'queue' as const } };
      const ticket = { tenant: `${prefix}-${t}`, workflow: 'w', rules, priority: 'INTERACTIVE' as const };
      for (let i = 0; i <= count; i += 1) {
        const runId = newId('run');
        await tickets.enqueue({ ...ticket, runId }, now);
        if (i === 0) holders.push(runId);
      }
    }
  }
  return { tickets, holders };
}

describe('rounds', () => {
  it('give every tenant its turn, and every key in it, whatever the others have', async () => {
    const tenant = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(tenant, { minLength: 2, maxLength: 4 }), async (waiting) => {
        const { tickets, holders } = await queue(waiting);
        for (const runId of holders) await tickets.remove(runId);
        const { logger } = on.deps();
        const served: FlowKey[] = [];
        let room = 1;
        const rounds = createFlowRounds({
          head: async () => 0,
          ...{ tickets, logger, clock: { now: () => new Date() }, find: async () => undefined },
          room: () => room,
          // Each that begins ends at once, and the room for one is free again.
          admit: async (key, limit) => {
            const admitted = await tickets.admit(key, limit, new Date());
            for (const runId of admitted) await tickets.remove(runId);
            if (admitted.length > 0) {
              served.push(key);
              room -= 1;
            }
            return admitted.length;
          },
        });
        const left = new Map<string, Map<string, number>>();
        for (const [t, keys] of waiting.entries())
          left.set(String(t), new Map(keys.map((count, k) => [`k${k}`, count])));
        const total = waiting.flat().reduce((sum, count) => sum + count, 0);
        const sinceTenant = new Map<string, number>();
        const sinceKey = new Map<string, number>();
        for (let n = 0; n < total; n += 1) {
          room = 1;
          await rounds.round();
          const key = served[n];
          if (!key) throw new Error(`nothing began, although ${total - n} wait`);
          const t = key.tenant.split('-')[1] as string;
          const keys = left.get(t) as Map<string, number>;
          // Nobody who waits is passed over twice in a row by the same other one.
          for (const [other, theirs] of left) {
            if (theirs.size === 0) continue;
            const passed = other === t ? 0 : (sinceTenant.get(other) ?? 0) + 1;
            sinceTenant.set(other, passed);
            expect(passed).toBeLessThan(waiting.length);
          }
          for (const other of keys.keys()) {
            const passed = other === key.key ? 0 : (sinceKey.get(`${t} ${other}`) ?? 0) + 1;
            sinceKey.set(`${t} ${other}`, passed);
            expect(passed).toBeLessThan(waiting[Number(t)]?.length ?? 0);
          }
          const count = (keys.get(key.key) ?? 0) - 1;
          if (count === 0) keys.delete(key.key);
          else keys.set(key.key, count);
        }
        expect([...left.values()].every((keys) => keys.size === 0)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});
