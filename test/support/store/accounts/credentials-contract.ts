import { describe, expect, it } from 'vitest';
import type { SealedValue } from '../../../../src/core/accounts/sealed-values.ts';
import { newId } from '../../../../src/core/ids.ts';
import { type StoreHarness, useStore } from '../harness.ts';

/** What every store promises of sealed secrets. */
export function credentialsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('credentials', () => {
    const suite = useStore(makeHarness);

    const bytes = (...values: number[]) => Uint8Array.from(values);
    const find = async (tenant: string, subject: string, name: string) => {
      const found = await suite.store.credentials.find(tenant, subject, name);
      return found && [...found];
    };

    it('are returned byte for byte, only to their subject', async () => {
      const all = bytes(...Array.from({ length: 256 }, (_, n) => n));
      await suite.store.credentials.put('default', 'alice', 'drive', all);
      expect(await find('default', 'alice', 'drive')).toEqual([...all]);
      for (const [tenant, subject, name] of [
        ['other', 'alice', 'drive'],
        ['default', 'bob', 'drive'],
        ['default', 'alice', 'mail'],
      ] as const) {
        expect(await find(tenant, subject, name)).toBeUndefined();
        expect(await suite.store.credentials.remove(tenant, subject, name)).toBe(false);
      }
    });

    it('are replaced by newer ones, even if several are put at once', async () => {
      await suite.store.credentials.put('default', 'carol', 'drive', bytes(0, 1));
      await suite.store.credentials.put('default', 'carol', 'drive', bytes(2, 0, 3));
      expect(await find('default', 'carol', 'drive')).toEqual([2, 0, 3]);
      await Promise.all(
        [4, 5, 6, 7].map((value) => suite.store.credentials.put('default', 'dave', 'drive', bytes(value))),
      );
      expect([4, 5, 6, 7]).toContain((await find('default', 'dave', 'drive'))?.[0]);
      const rows = await suite.harness.query('SELECT 1 FROM credentials WHERE subject = ?', 'dave');
      expect(rows).toHaveLength(1);
    });

    it('are gone once they are removed', async () => {
      await suite.store.credentials.put('default', 'erin', 'drive', bytes(1));
      expect(await suite.store.credentials.remove('default', 'erin', 'drive')).toBe(true);
      expect(await suite.store.credentials.remove('default', 'erin', 'drive')).toBe(false);
      expect(await find('default', 'erin', 'drive')).toBeUndefined();
    });

    it('are listed with the secrets of webhooks, and replaced unless they have changed since', async () => {
      const { credentials, sealedValues, webhooks } = suite.store;
      const names = Array.from(
        { length: 230 },
        (_, n) => [`tenant-${n % 3}`, `subject-${n % 50}`, `name-${n}`] as const,
      );
      const read = async () => {
        const found: SealedValue[] = [];
        for await (const value of sealedValues.all()) found.push(value);
        return found;
      };
      const keyOf = (one: SealedValue) =>
        one.kind === 'webhook' ? one.id : [one.tenant, one.subject, one.name].join();
      const earlier = (await read()).map(keyOf);
      for (const [tenant, subject, name] of names) await credentials.put(tenant, subject, name, bytes(1));
      const principal = { subject: 'gina', username: 'gina', tenant: 'default', roles: [] };
      const hook = await webhooks.create({
        ...{ id: newId('hook'), tenant: 'default', principal, events: ['run.ended'], url: 'https://a.example/' },
        ...{ secret: bytes(2), createdAt: new Date() },
      });
      const found = await read();
      const expected = [...earlier, ...names.map((key) => key.join()), hook.id];
      expect(found.map(keyOf).toSorted()).toEqual(expected.toSorted());
      for (const value of found) expect(await sealedValues.replace(value, bytes(3, 4))).toBe(true);
      for (const value of found) expect(await sealedValues.replace(value, bytes(5))).toBe(false);
      expect((await read()).every(({ sealed }) => [...sealed].join() === '3,4')).toBe(true);
    });

    it('may be part of a larger buffer', async () => {
      const pool = Buffer.from([9, 9, 1, 2, 9]);
      await suite.store.credentials.put('default', 'frank', 'drive', pool.subarray(2, 4));
      pool.fill(0);
      expect(await find('default', 'frank', 'drive')).toEqual([1, 2]);
    });
  });
}
