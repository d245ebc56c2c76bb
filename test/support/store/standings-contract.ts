import { describe, expect, it } from 'vitest';
import type { AccountKey, AccountStandings } from '../../../src/core/accounts.ts';
import type { Store } from '../../../src/store/open-store.ts';
import { until } from '../until.ts';
import type { StoreHarness } from './harness.ts';

const alice = {
  ...{ subject: 'usr_alice', username: 'alice', tenant: 'north', roles: ['analyst'] },
  passwordHash: 'scrypt$1',
};
const outsider: AccountKey = { tenant: 'north', subject: 'auth0|42' };
const [EARLIER, LATER] = [new Date(1_900_000_000_123), new Date(1_900_000_100_456)];

/** What other code may rely on: `AccountStandings`, over a database that other processes change. */
export function standingsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the standing of a principal', () => {
    const withStores = async (work: (one: Store, other: Store, harness: StoreHarness) => Promise<void>) => {
      const harness = await makeHarness();
      const stores = [await harness.open({ nodeId: 'node_1' }), await harness.open({ nodeId: 'node_2' })] as const;
      try {
        await work(...stores, harness);
      } finally {
        for (const store of stores) await store.close();
        await harness.remove();
      }
    };
    const sees = (standings: AccountStandings, who: AccountKey, expected: object) =>
      expect.poll(() => standings.standingOf(who)).toEqual(expected);

    it('is unknown without an account, and current with the roles of today for an account', () =>
      withStores(async (one, other) => {
        expect(one.standings.standingOf(alice)).toEqual({ state: 'unknown', notBefore: null });
        await one.accounts.put(alice);
        expect(one.standings.standingOf(alice)).toEqual({ state: 'current', roles: ['analyst'], notBefore: null });
        expect(one.standings.standingOf({ ...alice, tenant: 'south' })).toMatchObject({ state: 'unknown' });
        await sees(other.standings, alice, { state: 'current', roles: ['analyst'], notBefore: null });

        const began = Date.now();
        await other.accounts.put({ ...alice, roles: ['user'] });
        const replaced = { state: 'current', roles: ['user'], notBefore: expect.any(Date) };
        expect(other.standings.standingOf(alice)).toEqual(replaced);
        await sees(one.standings, alice, replaced);
        const standing = one.standings.standingOf(alice);
        expect(standing.state === 'current' && Number(standing.notBefore)).toBeGreaterThanOrEqual(began);
      }));

    it('is gone while it is disabled, and afterwards refuses earlier tokens', () =>
      withStores(async (one, other) => {
        await one.accounts.put(alice);
        for (const who of [alice, outsider]) {
          await one.standings.setDisabled(who, true, EARLIER);
          expect(one.standings.standingOf(who)).toEqual({ state: 'gone' });
          await sees(other.standings, who, { state: 'gone' });
          await other.standings.setDisabled(who, false, LATER);
        }
        await sees(one.standings, alice, { state: 'current', roles: ['analyst'], notBefore: LATER });
        await sees(one.standings, outsider, { state: 'unknown', notBefore: LATER });
      }));

    it('survives a restart, also of a principal without an account', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      await store.accounts.put(alice);
      await store.standings.revoke(alice, EARLIER);
      await store.standings.revoke(outsider, LATER);
      await store.close();
      const again = await harness.open();
      expect(again.standings.standingOf(alice)).toEqual({ state: 'current', roles: ['analyst'], notBefore: EARLIER });
      expect(again.standings.standingOf(outsider)).toEqual({ state: 'unknown', notBefore: LATER });
      await again.close();
      await harness.remove();
    });

    it('of an account that moves to another tenant is gone in the former one', () =>
      withStores(async (one, other) => {
        await one.accounts.put(alice);
        await one.accounts.put({ ...alice, tenant: 'south' });
        await sees(other.standings, { ...alice, tenant: 'south' }, expect.objectContaining({ state: 'current' }));
        expect(other.standings.standingOf(alice)).toEqual({ state: 'gone' });
      }));

    it('is watched: a change by another process calls the listener, one of somebody else does not', () =>
      withStores(async (one, other) => {
        const calls = { outsider: 0, alice: 0, former: 0 };
        one.standings.watch(outsider, () => (calls.outsider += 1));
        one.standings.watch(alice, () => (calls.alice += 1));
        const unwatch = one.standings.watch(outsider, () => (calls.former += 1));
        unwatch();
        await other.standings.revoke(outsider, EARLIER);
        await until('the listener is called', () => calls.outsider > 0);
        expect(calls).toEqual({ outsider: 1, alice: 0, former: 0 });
      }));

    it('is complete after many concurrent changes', () =>
      withStores(async (one, other, { kind }) => {
        // Two writers of one file in one process would wait for each other.
        const second = kind === 'sqlite' ? one : other;
        const everyone = Array.from({ length: 40 }, (_, index) => ({ tenant: 'north', subject: `auth0|${index}` }));
        await Promise.all(
          everyone.map((who, index) => (index % 2 ? one : second).standings.revoke(who, new Date(index + 1))),
        );
        for (const { standings } of [one, other])
          for (const [index, who] of everyone.entries())
            await sees(standings, who, { state: 'unknown', notBefore: new Date(index + 1) });
      }));
  });
}
