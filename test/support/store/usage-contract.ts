import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuotaName } from '../../../src/core/accounts/accounts.ts';
import type { TokenLimits, TokenUsage } from '../../../src/core/agent-stores.ts';
import { newId } from '../../../src/core/ids.ts';
import type { User } from '../../../src/core/principal.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { user } from './sample-events.ts';

type TokenReservation = Parameters<TokenUsage['reserve']>[0];

/** What every store promises of tokens: no limit is exceeded, however many requests arrive at once on any node. */
export function tokenUsageContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('tokens of language models', () => {
    let harness: StoreHarness;
    /** Two stores on one database, as of two servers. */
    let stores: readonly [Store, Store];
    let subjects = 0;
    beforeAll(async () => {
      harness = await makeHarness();
      const first = await harness.open();
      stores = [first, await harness.open()];
    });
    afterAll(async () => {
      for (const store of stores) await store.close();
      await harness.remove();
    });

    const newUse = (more: Partial<TokenReservation> = {}): TokenReservation => {
      subjects += 1;
      const who = user('default', `subject-${subjects}`);
      return { id: newId('call'), runId: newId('run'), who, day: '2026-11-20', tokens: 10, ...more };
    };
    const again = (use: TokenReservation, more: Partial<TokenReservation> = {}): TokenReservation => ({
      ...use,
      id: newId('call'),
      ...more,
    });
    const wide = { perRun: 1_000_000, perPrincipalDay: 1_000_000 };
    const reserve = (use: TokenReservation, limits: Partial<TokenLimits> = {}) =>
      stores[0].tokens.reserve(use, { ...wide, ...limits });

    it('may be used up to the limit of a run, and not one more', async () => {
      const use = newUse({ tokens: 60 });
      expect(await reserve(use, { perRun: 100 })).toBeUndefined();
      expect(await reserve(again(use, { tokens: 41 }), { perRun: 100 })).toEqual({ left: 40, of: 'perRun' });
      expect(await reserve(again(use, { tokens: 40 }), { perRun: 100 })).toBeUndefined();
      expect(await reserve(again(use, { tokens: 1 }), { perRun: 100 })).toEqual({ left: 0, of: 'perRun' });
      expect(await reserve(again(use, { tokens: 100, runId: newId('run') }), { perRun: 100 })).toBeUndefined();
    });

    it('may be used up to the limit of a principal within a day, over all runs', async () => {
      const use = newUse({ tokens: 70 });
      const other = (more: Partial<TokenReservation>) =>
        reserve(again(use, { runId: newId('run'), ...more }), { perPrincipalDay: 100 });
      expect(await other({})).toBeUndefined();
      expect(await other({ tokens: 31 })).toEqual({ left: 30, of: 'perPrincipalDay' });
      expect(await other({ tokens: 100, day: '2026-11-21' })).toBeUndefined();
      expect(await other({ tokens: 100, who: user('other', use.who.subject) })).toBeUndefined();
      expect(await other({ tokens: 30 })).toBeUndefined();
    });

    it('are rejected with the smaller remainder, and nothing is counted', async () => {
      const use = newUse({ tokens: 50 });
      const limits = { perRun: 80, perPrincipalDay: 60 };
      expect(await reserve(use, limits)).toBeUndefined();
      expect(await reserve(again(use, { tokens: 40 }), limits)).toEqual({ left: 10, of: 'perPrincipalDay' });
      expect(await reserve(again(use, { tokens: 10 }), limits)).toBeUndefined();
      expect(await reserve(newUse({ tokens: 90 }), limits)).toEqual({ left: 60, of: 'perPrincipalDay' });
    });

    it('are returned if fewer were used, and never count for more than was reserved', async () => {
      const use = newUse({ tokens: 100 });
      expect(await reserve(use, { perRun: 100 })).toBeUndefined();
      await stores[0].tokens.settle(use.id, 25);
      expect(await reserve(again(use, { tokens: 76 }), { perRun: 100 })).toEqual({ left: 75, of: 'perRun' });
      await stores[0].tokens.settle(use.id, 130);
      expect(await reserve(again(use, { tokens: 76 }), { perRun: 100 })).toEqual({ left: 75, of: 'perRun' });
      await stores[0].tokens.settle(newId('call'), 5);
    });

    it('may be very many', async () => {
      const use = newUse({ tokens: 2 ** 40 });
      const limits = { perRun: 2 ** 41, perPrincipalDay: 2 ** 52 };
      expect(await reserve(use, limits)).toBeUndefined();
      expect(await reserve(again(use), { ...limits, perRun: 2 ** 40 + 9 })).toEqual({ left: 9, of: 'perRun' });
    });

    it('never exceed the limit, even if two servers reserve them at once', async () => {
      const calls = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 20, maxLength: 20 });
      const limits = fc.integer({ min: 1, max: 200 });
      await fc.assert(
        fc.asyncProperty(calls, limits, fc.boolean(), async (wanted, limit, ofRun) => {
          const use = newUse();
          const allowed = ofRun ? { ...wide, perRun: limit } : { ...wide, perPrincipalDay: limit };
          const answers = await Promise.all(
            wanted.map((tokens, n) => {
              const one = again(use, { tokens, ...(!ofRun && { runId: newId('run') }) });
              return (stores[n % 2] as Store).tokens.reserve(one, allowed);
            }),
          );
          const granted = wanted.filter((_, n) => answers[n] === undefined).reduce((sum, tokens) => sum + tokens, 0);
          expect(granted).toBeLessThanOrEqual(limit);
          for (const [n, tokens] of wanted.entries()) {
            const answer = answers[n];
            if (!answer) continue;
            // It was rejected because fewer were left, and got the true remainder.
            expect(answer.left).toBeLessThan(tokens);
            expect(answer.left).toBeGreaterThanOrEqual(limit - granted);
          }
          const [row] = await harness.query<{ sum: number | string }>(
            'SELECT sum(tokens) AS sum FROM token_usage WHERE tenant = ? AND subject = ?',
            use.who.tenant,
            use.who.subject,
          );
          expect(Number(row?.sum)).toBe(granted);
        }),
        { numRuns: 12 },
      );
    });
  });
}

const at = new Date('2026-11-20T10:00:00Z');

/** What every store promises of the folders of runs. */
export function workspaceContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('what workspaces take', () => {
    let harness: StoreHarness;
    /** One server; a second one on the same database, where several may use it. */
    let store: Store;
    let second: Store | undefined;
    beforeAll(async () => {
      harness = await makeHarness();
      store = await harness.open();
      if (harness.kind === 'postgres') second = await harness.open();
    });
    afterAll(async () => {
      await second?.close();
      await store.close();
      await harness.remove();
    });

    const record = (id: string, who: User, bytes: number, files: number, on = store) =>
      on.workspaceUsage.record({ id, who }, { bytes, files }, at);
    const usedOf = async (who: User, quota: QuotaName) => (await store.quotaUsage.used(who, at)).get(quota);

    it('counts as it is now', async () => {
      const who = user('now', 'alice');
      const run = newId('run');
      await record(run, who, 1_000, 3);
      expect(await record(run, who, 400, 5)).toEqual([
        { quota: 'workspaceFiles', amount: 2, use: { principal: 5, tenant: 5 } },
        { quota: 'workspaceBytes', amount: -600, use: { principal: 400, tenant: 400 } },
      ]);
      await record(newId('run'), user('now', 'bob'), 100, 1);
      expect(await usedOf(who, 'workspaceBytes')).toEqual({ principal: 400, tenant: 500 });
    });

    it('counts exactly when many, also on two servers, measure at once', async () => {
      const who = user('many', 'alice');
      const runs = [newId('run'), newId('run'), newId('run')];
      const measured = Array.from({ length: 24 }, (_, n) => {
        return record(runs[n % 3] ?? '', who, n, n, n % 2 ? store : (second ?? store));
      });
      await Promise.all(measured);
      for (const run of runs) await record(run, who, 7, 8);
      expect(await usedOf(who, 'workspaceBytes')).toEqual({ principal: 21, tenant: 21 });
      expect(await usedOf(who, 'workspaceFiles')).toEqual({ principal: 24, tenant: 24 });
    });
  });
}
