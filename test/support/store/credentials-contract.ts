import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';

/** What every store promises of sealed secrets. */
export function credentialsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('credentials', () => {
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

    const bytes = (...values: number[]) => Uint8Array.from(values);
    const find = async (tenant: string, subject: string, name: string) => {
      const found = await store.credentials.find(tenant, subject, name);
      return found && [...found];
    };

    it('come back byte for byte, for whom they were put there and nobody else', async () => {
      const all = bytes(...Array.from({ length: 256 }, (_, n) => n));
      await store.credentials.put('default', 'alice', 'drive', all);
      expect(await find('default', 'alice', 'drive')).toEqual([...all]);
      for (const [tenant, subject, name] of [
        ['other', 'alice', 'drive'],
        ['default', 'bob', 'drive'],
        ['default', 'alice', 'mail'],
      ] as const) {
        expect(await find(tenant, subject, name)).toBeUndefined();
        expect(await store.credentials.remove(tenant, subject, name)).toBe(false);
      }
    });

    it('are replaced by newer ones, also when several are put at once', async () => {
      await store.credentials.put('default', 'carol', 'drive', bytes(0, 1));
      await store.credentials.put('default', 'carol', 'drive', bytes(2, 0, 3));
      expect(await find('default', 'carol', 'drive')).toEqual([2, 0, 3]);
      await Promise.all([4, 5, 6, 7].map((value) => store.credentials.put('default', 'dave', 'drive', bytes(value))));
      expect([4, 5, 6, 7]).toContain((await find('default', 'dave', 'drive'))?.[0]);
      const rows = await harness.query('SELECT 1 FROM credentials WHERE subject = ?', 'dave');
      expect(rows).toHaveLength(1);
    });

    it('are gone once they are removed', async () => {
      await store.credentials.put('default', 'erin', 'drive', bytes(1));
      expect(await store.credentials.remove('default', 'erin', 'drive')).toBe(true);
      expect(await store.credentials.remove('default', 'erin', 'drive')).toBe(false);
      expect(await find('default', 'erin', 'drive')).toBeUndefined();
    });

    it('are taken as they are in a part of a larger buffer', async () => {
      const pool = Buffer.from([9, 9, 1, 2, 9]);
      await store.credentials.put('default', 'frank', 'drive', pool.subarray(2, 4));
      pool.fill(0);
      expect(await find('default', 'frank', 'drive')).toEqual([1, 2]);
    });
  });
}
