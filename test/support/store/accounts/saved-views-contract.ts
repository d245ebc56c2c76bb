import { describe, expect, it } from 'vitest';
import type { SavedView } from '../../../../src/core/accounts/saved-views.ts';
import { type StoreHarness, useStore } from '../harness.ts';
import { user } from '../sample-events.ts';

/** What other code may rely on: `SavedViews`. */
export function savedViewsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('saved views', () => {
    const on = useStore(makeHarness);
    const at = new Date(1_900_000_000_123);
    const [alice, bob, stranger] = [user('north', 'alice'), user('north', 'bob'), user('south', 'alice')] as const;
    const save = (who: typeof alice, name: string, isShared = false, state = '/runs') =>
      on.store.savedViews.save(who, { name, state, isShared }, at);
    const namesFor = async (who: typeof alice) => (await on.store.savedViews.list(who)).map(({ name }) => name);

    it('belong to a principal or to a tenant, and are replaced by name', async () => {
      const { savedViews } = on.store;
      const failed = await save(alice, 'failed', false, '/runs?state=FAILED');
      expect(failed).toEqual({
        ...{ id: expect.stringMatching(/^view_/), name: 'failed', state: '/runs?state=FAILED', isShared: false },
        ...{ savedBy: alice, savedAt: at },
      });
      await save(alice, 'all', true);
      await save(bob, 'failed');
      await save(stranger, 'south');
      expect(await Promise.all([alice, bob, stranger].map(namesFor))).toEqual([
        ['failed', 'all'],
        ['failed', 'all'],
        ['south'],
      ]);
      const again = await save(bob, 'all', true, '/approvals');
      expect((await savedViews.findByName(alice, 'all', true))?.state).toBe('/approvals');
      expect(again).toMatchObject({ savedBy: bob, isShared: true });
      const [bobs] = (await savedViews.list(bob)) as [SavedView];
      expect(await savedViews.find(alice, bobs.id)).toBeUndefined();
      await savedViews.remove(alice, bobs.id);
      await savedViews.remove(stranger, again.id);
      expect(await namesFor(bob)).toEqual(['failed', 'all']);
      await savedViews.remove(alice, again.id);
      expect([await namesFor(bob), await namesFor(alice)]).toEqual([['failed'], ['failed']]);
      expect(await savedViews.find(alice, failed.id)).toEqual(failed);
    });

    it('are at most a hundred in a list', async () => {
      const carol = user('north', 'carol');
      for (let i = 0; i < 100; i += 1) await save(carol, `view ${i}`);
      await expect(save(carol, 'one more')).rejects.toMatchObject({ code: 'CONFLICT' });
      await save(carol, 'view 7', false, '/other');
      await save(carol, 'shared', true);
      expect(await namesFor(carol)).toHaveLength(101);
    });
  });
}
