import { describe, expect, it } from 'vitest';
import type { AccountKey, AccountStandings } from '../../../../src/core/accounts/accounts.ts';
import type { WorkerRestriction } from '../../../../src/core/runtime.ts';
import type { Store } from '../../../../src/store/open-store.ts';
import { until } from '../../until.ts';
import type { StoreHarness } from '../harness.ts';

const alice = {
  ...{ subject: 'usr_alice', username: 'alice', tenant: 'north', roles: ['analyst'] },
  passwordHash: 'scrypt$1',
};
const outsider: AccountKey = { tenant: 'north', subject: 'auth0|42' };
const [EARLIER, LATER] = [new Date(1_900_000_000_123), new Date(1_900_000_100_456)];

/** Two stores on one database. */
async function withStores(
  makeHarness: () => Promise<StoreHarness>,
  work: (one: Store, other: Store, harness: StoreHarness) => Promise<void>,
): Promise<void> {
  const harness = await makeHarness();
  const stores = [await harness.open({ nodeId: 'node_1' }), await harness.open({ nodeId: 'node_2' })] as const;
  try {
    await work(...stores, harness);
  } finally {
    for (const store of stores) await store.close();
    await harness.remove();
  }
}

/** What other code may rely on: `AccountStandings`, over a database that other processes change. */
export function standingsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the standing of a principal', () => {
    const sees = (standings: AccountStandings, who: AccountKey, expected: object) =>
      expect.poll(() => standings.standingOf(who)).toEqual(expected);

    it('is unknown without an account, and current with the roles of today for an account', () =>
      withStores(makeHarness, async (one, other) => {
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
      withStores(makeHarness, async (one, other) => {
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
      withStores(makeHarness, async (one, other) => {
        await one.accounts.put(alice);
        await one.accounts.put({ ...alice, tenant: 'south' });
        await sees(other.standings, { ...alice, tenant: 'south' }, expect.objectContaining({ state: 'current' }));
        expect(other.standings.standingOf(alice)).toEqual({ state: 'gone' });
      }));

    it('is watched: a change by another process calls the listener, one of somebody else does not', () =>
      withStores(makeHarness, async (one, other) => {
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
      withStores(makeHarness, async (one, other, { kind }) => {
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

const drained: WorkerRestriction = { kind: 'DRAINED', workerId: 'w1', key: '', by: 'admin', at: EARLIER };
const revoked: WorkerRestriction = { kind: 'REVOKED', workerId: 'w2', key: 'abc', by: 'admin', at: LATER };

/** What other code may rely on: `WorkerRestrictions`, over a database that other nodes change. */
export function restrictionsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('a restriction of a worker', () => {
    it('is in force at once, survives a restart, and can be taken back', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const { restrictions } = await store.openWorkerTables();
      const changes: WorkerRestriction[] = [];
      const end = restrictions.onChange((change) => changes.push(change));
      await restrictions.add(drained);
      await restrictions.add(revoked);
      expect([restrictions.isDrained('w1'), restrictions.isDrained('w2')]).toEqual([true, false]);
      await restrictions.remove({ ...drained, at: LATER });
      expect(restrictions.isDrained('w1')).toBe(false);
      end();
      await restrictions.add(drained);
      expect(changes).toEqual([drained, revoked, { ...drained, at: LATER }]);
      await restrictions.close();
      await store.close();
      const again = await harness.open();
      const { restrictions: kept } = await again.openWorkerTables();
      expect(kept.list()).toEqual([revoked, drained]);
      expect(kept.isDrained('w1')).toBe(true);
      // A key is refused for every signer, and its worker also without a signature.
      expect([kept.isRevoked('w3', 'abc'), kept.isRevoked('w2', '')]).toEqual([true, true]);
      expect([kept.isRevoked('w2', 'def'), kept.isRevoked('w1', '')]).toEqual([false, false]);
      await kept.close();
      await again.close();
      await harness.remove();
    });
  });
}

/** The same on a database that several nodes share. */
export function sharedRestrictionsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('a restriction of a worker', () => {
    it('counts on every node that shares the database', () =>
      withStores(makeHarness, async (one, other) => {
        const [{ restrictions: here }, { restrictions: there }] = [
          await one.openWorkerTables(),
          await other.openWorkerTables(),
        ];
        await here.add(drained);
        await until('the other node knows it', () => there.isDrained('w1'));
        await there.remove(drained);
        await until('it is taken back', () => here.list().length === 0);
        await Promise.all([here.close(), there.close()]);
      }));
  });
}

/** What other code may rely on: `WorkerHandshakes`. */
export function handshakesContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('handshakes of workers', () => {
    const w1 = { workerId: 'w1', topics: ['job.a', 'job.b'], sdkVersion: 'go/2', at: EARLIER };
    const w2 = { workerId: 'w2', topics: [], sdkVersion: '', intervalMs: 5_000, at: LATER };

    it('are replaced and removed by worker, and listed newest first', () =>
      withStores(makeHarness, async (one, other) => {
        const [{ handshakes, ...here }, { handshakes: there, ...rest }] = [
          await one.openWorkerTables(),
          await other.openWorkerTables(),
        ];
        await handshakes.save([w1, w2]);
        expect(await there.list()).toEqual([w2, w1]);
        const again = { ...w1, topics: ['job.c'], intervalMs: 2_000, at: new Date(LATER.getTime() + 1) };
        await handshakes.save([again]);
        await handshakes.save([again]);
        expect(await there.list()).toEqual([again, w2]);
        await handshakes.remove(['w1', 'nobody']);
        expect(await there.list()).toEqual([w2]);
        await Promise.all([here.restrictions.close(), rest.restrictions.close()]);
      }));
  });
}

/** The same on a database that several nodes share. */
export function sharedHandshakesContract(makeHarness: () => Promise<StoreHarness>): void {
  it('handshakes of workers may be saved by several nodes at once', () =>
    withStores(makeHarness, async (one, other) => {
      const tables = [await one.openWorkerTables(), await other.openWorkerTables()];
      const all = Array.from({ length: 100 }, (_, i) => {
        return { workerId: `w${i}`, topics: ['job.a'], sdkVersion: '', at: EARLIER };
      });
      await Promise.all([0, 1, 2, 3].map((i) => tables[i % 2]?.handshakes.save(i < 2 ? all : all.toReversed())));
      expect(await tables[0]?.handshakes.list()).toHaveLength(100);
      await Promise.all(tables.map(({ restrictions }) => restrictions.close()));
    }));
}
