import { describe, expect, it } from 'vitest';
import type { AccessToken } from '../../../../src/core/accounts/access-tokens.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { Store } from '../../../../src/store/open-store.ts';
import { until } from '../../until.ts';
import type { StoreHarness } from '../harness.ts';

const HOUR_MS = 3_600_000;
const owner = { tenant: 'north', subject: 'usr_alice' };
const hoursFromNow = (hours: number) => new Date(Math.round(Date.now() + hours * HOUR_MS));

function makeToken(changes: Partial<AccessToken> = {}): AccessToken {
  const kind = changes.kind ?? 'API';
  return {
    ...{
      id: newId(kind === 'API' ? 'tok' : 'ses'),
      kind,
      name: 'deploy',
      ...owner,
      username: 'alice',
      roles: ['user'],
    },
    ...{ signedInAt: hoursFromNow(-1), createdAt: hoursFromNow(0), expiresAt: hoursFromNow(1) },
    ...{ latestEnd: hoursFromNow(12), lastUsedAt: null },
    ...changes,
  };
}

/** What other code may rely on: `AccessTokens`, over a database that other processes change. */
export function accessTokensContract(makeHarness: () => Promise<StoreHarness>): void {
  /** Two stores on one database. */
  async function withStores(work: (one: Store, other: Store, harness: StoreHarness) => Promise<void>): Promise<void> {
    const harness = await makeHarness();
    const stores = [await harness.open({ nodeId: 'node_1' }), await harness.open({ nodeId: 'node_2' })] as const;
    try {
      await work(...stores, harness);
    } finally {
      for (const store of stores) await store.close();
      await harness.remove();
    }
  }

  describe('an access token', () => {
    it('is found by its hash on every node until it is revoked on one, and the database has only the hash', () =>
      withStores(async ({ accessTokens: here }, { accessTokens: there }, harness) => {
        const token = makeToken();
        await here.create(token, 'hash-1', 10);
        expect(here.find('hash-1')).toMatchObject(token);
        await until('the other node has it', () => there.find('hash-1'));
        expect(there.byId(token.id)).toMatchObject(token);
        expect(there.find('hash-2')).toBeUndefined();
        const [row] = await harness.query<{ hash: string }>('SELECT hash FROM access_tokens');
        expect(row).toEqual({ hash: 'hash-1' });

        let told = 0;
        const unwatch = here.watch(token.id, () => {
          told += 1;
        });
        expect(await there.revoke({ tenant: 'south' }, token.id, new Date())).toBeUndefined();
        expect(await there.revoke({ ...owner, subject: 'usr_bob' }, token.id, new Date())).toBeUndefined();
        expect(there.byId(token.id)).toBeDefined();
        expect(await there.revoke(owner, token.id, new Date())).toMatchObject({ id: token.id, name: 'deploy' });
        expect([there.find('hash-1'), there.byId(token.id)]).toEqual([undefined, undefined]);
        await until('the first node knows', () => !here.find('hash-1'));
        expect(told).toBe(1);
        unwatch();
        expect(await here.revoke(owner, token.id, new Date())).toBeUndefined();
      }));

    it('survives a restart; one that was revoked or has expired does not', async () => {
      const harness = await makeHarness();
      const store = await harness.open();
      const [kept, gone] = [makeToken(), makeToken()];
      const expired = makeToken({ createdAt: hoursFromNow(-3), expiresAt: hoursFromNow(-2) });
      for (const [index, token] of [kept, gone, expired].entries())
        await store.accessTokens.create(token, `h${index}`, 10);
      await store.accessTokens.revoke(owner, gone.id, new Date());
      await store.close();
      const again = await harness.open();
      expect(['h0', 'h1', 'h2'].map((hash) => again.accessTokens.find(hash)?.id)).toEqual([
        kept.id,
        undefined,
        undefined,
      ]);
      await again.close();
      await harness.remove();
    });

    it('is extended on every node, and never shortened or revived', () =>
      withStores(async ({ accessTokens: here }, { accessTokens: there }) => {
        const session = makeToken({ kind: 'SESSION', name: '' });
        await here.create(session, 'hash-1', 10);
        await until('the other node has it', () => there.find('hash-1'));
        const later = hoursFromNow(2);
        await there.extend(session.id, later);
        await until('the first node knows', () => here.byId(session.id)?.expiresAt.getTime() === later.getTime());
        await there.extend(session.id, hoursFromNow(1));
        expect(there.byId(session.id)?.expiresAt).toEqual(later);
        await there.revoke(owner, session.id, new Date());
        await there.extend(session.id, hoursFromNow(3));
        expect(there.byId(session.id)).toBeUndefined();
      }));

    it('over the limit ends the oldest session, and is refused for a program', () =>
      withStores(async ({ accessTokens }) => {
        const sessions = [1, 2, 3].map(() => makeToken({ kind: 'SESSION', name: '' }));
        for (const session of sessions) await accessTokens.create(session, session.id, 2);
        expect(sessions.map(({ id }) => accessTokens.byId(id) !== undefined)).toEqual([false, true, true]);
        const tokens = [1, 2, 3].map(() => makeToken());
        for (const token of tokens.slice(0, 2)) await accessTokens.create(token, token.id, 2);
        const [, second, third] = tokens as [AccessToken, AccessToken, AccessToken];
        await expect(accessTokens.create(third, third.id, 2)).rejects.toMatchObject({ code: 'CONFLICT' });
        const another = makeToken({ subject: 'usr_bob' });
        await accessTokens.create(another, another.id, 2);
        await accessTokens.revoke(owner, second.id, new Date());
        await accessTokens.create(third, third.id, 2);
      }));

    it('that is a sign-out is known on every node, the same when it is repeated, and never replaced by a later one', () =>
      withStores(async ({ accessTokens: here }, { accessTokens: there }) => {
        const [first, second, third] = [1, 2, 3].map((n) =>
          makeToken({ id: `out_${n}`, kind: 'SIGN_OUT', name: '' }),
        ) as [AccessToken, AccessToken, AccessToken];
        await here.create(first, first.id, 3);
        await until('the other node knows', () => there.byId(first.id));
        await there.create(first, first.id, 3);
        await there.create(second, second.id, 2);
        await expect(there.create(third, third.id, 2)).rejects.toMatchObject({ code: 'CONFLICT' });
        expect([first, second, third].map(({ id }) => there.byId(id) !== undefined)).toEqual([true, true, false]);
      }));

    it('is removed from the database a day after its end', () =>
      withStores(async ({ accessTokens }, _, harness) => {
        const old = makeToken({ createdAt: hoursFromNow(-30), expiresAt: hoursFromNow(-25) });
        const recent = makeToken({ createdAt: hoursFromNow(-30), expiresAt: hoursFromNow(-23) });
        for (const token of [old, recent]) await accessTokens.create(token, token.id, 10);
        const newest = makeToken();
        await accessTokens.create(newest, newest.id, 10);
        const rows = await harness.query<{ id: string }>('SELECT id FROM access_tokens ORDER BY id');
        expect(rows.map(({ id }) => id)).toEqual([recent.id, newest.id]);
      }));

    it('is listed with its last use to ten minutes, for its owner or the tenant; sessions are not', () =>
      withStores(async ({ accessTokens }) => {
        const tokens = [1, 2, 3].map((n) => makeToken({ name: `token ${n}` }));
        for (const token of tokens) await accessTokens.create(token, token.id, 10);
        await accessTokens.create(makeToken({ kind: 'SESSION' }), 'session', 10);
        const bobs = makeToken({ subject: 'usr_bob' });
        await accessTokens.create(bobs, bobs.id, 10);
        const [first, second, third] = tokens as [AccessToken, AccessToken, AccessToken];
        await accessTokens.revoke(owner, second.id, new Date());
        const used = new Date();
        accessTokens.recordUse(first, used);
        accessTokens.recordUse(first, new Date(used.getTime() + 599_000));
        const listed = async (of: { tenant: string; subject?: string }) =>
          (await accessTokens.list(of, { first: 10 })).edges.map(({ node }) => node);
        await until('the use is stored', async () => (await listed(owner)).at(-1)?.lastUsedAt);
        expect(await listed(owner)).toEqual([third, { ...first, lastUsedAt: used }]);
        expect((await listed({ tenant: 'north' })).map(({ id }) => id)).toEqual([bobs.id, third.id, first.id]);
        expect(await listed({ tenant: 'south' })).toEqual([]);
        accessTokens.recordUse(first, new Date(used.getTime() + 601_000));
        await until('the next use is stored', async () => (await listed(owner)).at(-1)?.lastUsedAt !== used);
      }));
  });
}
