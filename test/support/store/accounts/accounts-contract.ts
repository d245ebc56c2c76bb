import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../src/core/accounts/accounts.ts';
import { newId } from '../../../../src/core/ids.ts';
import type { Role } from '../../../../src/core/principal.ts';
import { type StoreHarness, useStore } from '../harness.ts';

/** What other code may rely on: the administration of `Accounts`. `standingsContract` has what it means for tokens. */
export function accountsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('an account', () => {
    const on = useStore(makeHarness);
    const at = new Date(1_900_000_000_000);
    let count = 0;
    const make = (tenant: string, roles: readonly Role[] = ['user']): Account => {
      count += 1;
      return { subject: newId('usr'), username: `user-${count}`, tenant, roles, passwordHash: 'scrypt$1' };
    };
    const add = async (tenant: string, roles?: readonly Role[]) => {
      const account = make(tenant, roles);
      await on.store.accounts.create(account);
      return account;
    };

    it('is created once for a user name, whatever its tenant', async () => {
      const ann = await add('north');
      expect(await on.store.accounts.find(ann.username)).toEqual(ann);
      expect(on.store.standings.standingOf(ann)).toEqual({ state: 'current', roles: ['user'], notBefore: null });
      const thief = { ...make('south', ['admin']), username: ann.username };
      await expect(on.store.accounts.create(thief)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await on.store.accounts.find(ann.username)).toEqual(ann);
    });

    it('that gets other roles keeps its tokens; a password or disabling revokes them', async () => {
      const { accounts, standings } = on.store;
      const ann = await add('north');
      const { passwordHash: _, ...record } = ann;
      expect(await accounts.change(ann, { roles: ['lead', 'user'], at })).toEqual({
        ...{ ...record, roles: ['lead', 'user'], disabled: false },
      });
      expect(standings.standingOf(ann)).toEqual({ state: 'current', roles: ['lead', 'user'], notBefore: null });
      const now = { ...ann, roles: ['lead', 'user'] };
      await accounts.change(now, { passwordHash: 'scrypt$2', at });
      expect(standings.standingOf(ann)).toMatchObject({ state: 'current', notBefore: at });
      expect(await accounts.find(ann.username)).toEqual({ ...now, passwordHash: 'scrypt$2' });
      expect(await accounts.change(now, { disabled: true, at })).toMatchObject({ disabled: true });
      expect(standings.standingOf(ann)).toEqual({ state: 'gone' });
      const later = new Date(at.getTime() + 1_000);
      expect(await accounts.change(now, { disabled: false, at: later })).toMatchObject({ disabled: false });
      expect(standings.standingOf(ann)).toMatchObject({ state: 'current', notBefore: later });
    });

    it('is changed only as it was looked at', async () => {
      const { accounts } = on.store;
      const ann = await add('north');
      await accounts.change(ann, { roles: ['admin'], at });
      const stale = accounts.change(ann, { passwordHash: 'stolen', at });
      await expect(stale).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('roles of user-'),
      });
      for (const who of [
        { ...ann, tenant: 'south' },
        { ...ann, subject: newId('usr') },
      ])
        await expect(accounts.change(who, { disabled: true, at })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await accounts.find(ann.username))?.passwordHash).toBe('scrypt$1');
    });

    it('stays as it is if nobody would be left, also when two take each other away at once', async () => {
      const { accounts, standings } = on.store;
      const keeps = (left: readonly (readonly Role[])[]) => left.some((roles) => roles.includes('admin'));
      const [ann, bea] = [await add('east', ['admin']), await add('east', ['admin'])];
      await add('west', ['admin']);
      await add('east', ['user']);
      const both = [ann, bea].map((who) => accounts.change(who, { disabled: true, at, keeps }));
      const outcomes = await Promise.allSettled(both);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const states = [ann, bea].map((who) => standings.standingOf(who).state);
      expect(states.sort()).toEqual(['current', 'gone']);
      const [left] = [ann, bea].filter((who) => standings.standingOf(who).state === 'current') as [Account];
      const demoted = accounts.change(left, { roles: ['user'], at, keeps });
      await expect(demoted).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(standings.standingOf(left)).toMatchObject({ roles: ['admin'] });
    });

    it('is listed in its tenant, page by page', async () => {
      const { accounts } = on.store;
      const all = [];
      for (let i = 0; i < 5; i += 1) all.push(await add('paged'));
      await accounts.change(all[1] as Account, { disabled: true, at });
      const seen = [];
      for (let after: string | undefined; ; ) {
        const page = await accounts.list('paged', { first: 2, ...(after && { after }) });
        seen.push(...page.edges.map(({ node }) => node));
        expect(await page.totalCount()).toEqual({ count: 5, isExact: true });
        if (!page.hasNextPage) break;
        after = page.endCursor;
      }
      const expected = all.map(({ passwordHash: _, ...record }, i) => ({ ...record, disabled: i === 1 }));
      expect(seen).toEqual(expected);
      expect((await accounts.list('empty', { first: 10 })).edges).toEqual([]);
    });
  });
}
