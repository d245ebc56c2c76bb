import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import type { Store } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';

/** What every store promises of what agents remember. */
export function memoriesContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('memories', () => {
    let harness: StoreHarness;
    let store: Store;
    let names = 0;
    beforeAll(async () => {
      harness = await makeHarness();
      store = await harness.open();
    });
    afterAll(async () => {
      await store.close();
      await harness.remove();
    });

    const newName = () => {
      names += 1;
      return `memory-${names}`;
    };
    const runId = newId('run');
    const keep = (name: string, id: string, text: string, second = 0) =>
      store.memories.append('default', name, { id, text, at: new Date(Date.UTC(2026, 10, 20, 10, 0, second)), runId });
    const read = (name: string, maxBytes = 1_000_000) => store.memories.read('default', name, maxBytes);

    it('are read from the oldest on, by time and not by when they were told', async () => {
      const name = newName();
      await keep(name, 'a', 'second', 2);
      await keep(name, 'c', 'first', 1);
      await keep(name, 'b', 'third', 3);
      expect(await read(name)).toBe('first\nsecond\nthird');
      expect(await read(newName())).toBe('');
    });

    it('are the newest that fit in so many bytes of UTF-8, each of them whole', async () => {
      const name = newName();
      await keep(name, '1', 'abc', 1);
      await keep(name, '2', 'żółw', 2);
      await keep(name, '3', 'x', 3);
      expect([await read(name, 12), await read(name, 13)]).toEqual(['żółw\nx', 'abc\nżółw\nx']);
      expect([await read(name, 8), await read(name, 9), await read(name, 0)]).toEqual(['x', 'żółw\nx', '']);
    });

    it('may be many, of which as many are read as fit', async () => {
      const name = newName();
      const texts = Array.from({ length: 130 }, (_, n) => `entry ${`${n}`.padStart(3, '0')}`);
      await Promise.all(texts.map((text, n) => keep(name, text, text, Math.floor(n / 3))));
      expect(await read(name)).toBe(texts.join('\n'));
      expect(await read(name, 1_000)).toBe(texts.slice(30).join('\n'));
    });

    it('take one entry once, also when it is told several times at once', async () => {
      const name = newName();
      await Promise.all(Array.from({ length: 8 }, (_, n) => keep(name, 'same', 'told', n)));
      await keep(name, 'same', 'told otherwise', 30);
      expect(await read(name)).toBe('told');
      const other = newName();
      await keep(other, 'same', 'another memory');
      expect(await read(other)).toBe('another memory');
    });

    it('belong to one tenant', async () => {
      const name = newName();
      await keep(name, 'a', 'mine');
      expect(await store.memories.read('other', name, 1_000)).toBe('');
      await store.memories.append('other', name, { id: 'a', text: 'theirs', at: new Date(), runId });
      expect([await read(name), await store.memories.read('other', name, 1_000)]).toEqual(['mine', 'theirs']);
    });

    it('come back byte for byte, whatever is in them', async () => {
      const name = newName();
      const text = 'nul \u0000, quote ", backslash \\u0000, 𝄞,\r\n\u2028';
      await keep(name, 'a', text);
      expect(await read(name)).toBe(text);
    });

    it('outlive the server', async () => {
      const name = newName();
      await keep(name, 'a', 'still here');
      await store.close();
      store = await harness.open();
      expect(await read(name)).toBe('still here');
    });
  });
}
