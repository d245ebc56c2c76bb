import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import type { Actor } from '../../../src/core/principal.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { user } from './sample-events.ts';

/** What every store promises of the memories of agents. */
export function memoriesContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('memories', () => {
    const suite = useStore(makeHarness);
    let names = 0;

    const newName = () => {
      names += 1;
      return `memory-${names}`;
    };
    const runId = newId('run');
    const keep = (name: string, id: string, text: string, second = 0) =>
      suite.store.memories.append(user('default'), name, {
        id,
        text,
        at: new Date(Date.UTC(2026, 10, 20, 10, 0, second)),
        runId,
      });
    const read = async (name: string, maxBytes = 1_000_000) =>
      (await suite.store.memories.read('default', name, maxBytes)).text;

    it('are read in order of their time, not of their insertion', async () => {
      const name = newName();
      await keep(name, 'a', 'second', 2);
      await keep(name, 'c', 'first', 1);
      await keep(name, 'b', 'third', 3);
      expect(await read(name)).toBe('first\nsecond\nthird');
      expect(await read(newName())).toBe('');
    });

    it('are the newest that fit into the bytes of UTF-8, each complete', async () => {
      const name = newName();
      await keep(name, '1', 'abc', 1);
      await keep(name, '2', 'żółw', 2);
      await keep(name, '3', 'x', 3);
      expect([await read(name, 12), await read(name, 13)]).toEqual(['żółw\nx', 'abc\nżółw\nx']);
      expect([await read(name, 8), await read(name, 9), await read(name, 0)]).toEqual(['x', 'żółw\nx', '']);
    });

    it('may be many; as many are read as fit', async () => {
      const name = newName();
      const texts = Array.from({ length: 130 }, (_, n) => `entry ${`${n}`.padStart(3, '0')}`);
      await Promise.all(texts.map((text, n) => keep(name, text, text, Math.floor(n / 3))));
      expect(await read(name)).toBe(texts.join('\n'));
      expect(await read(name, 1_000)).toBe(texts.slice(30).join('\n'));
    });

    it('name everybody who wrote what is read, once each', async () => {
      const name = newName();
      const [ann, bea, cid] = ['ann', 'bea', 'cid'].map((subject) => user('default', subject));
      const write = (who: Actor, second: number) =>
        suite.store.memories.append(who, name, {
          ...{ id: `${second}`, text: `${second}`, runId },
          at: new Date(Date.UTC(2026, 10, 20, 10, 0, second)),
        });
      await write(user('default', 'dan'), 0);
      await write({ ...ann, authors: [bea] } as Actor, 1);
      await write(bea as Actor, 2);
      await write(cid as Actor, 3);
      const { text, authors } = await suite.store.memories.read('default', name, 5);
      expect(text).toBe('1\n2\n3');
      expect(authors).toHaveLength(3);
      expect(authors).toEqual(expect.arrayContaining([ann, bea, cid]));
    });

    it('store an entry once, even if it is added several times at once', async () => {
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
      expect((await suite.store.memories.read('other', name, 1_000)).text).toBe('');
      await suite.store.memories.append(user('other'), name, { id: 'a', text: 'theirs', at: new Date(), runId });
      expect([await read(name), (await suite.store.memories.read('other', name, 1_000)).text]).toEqual([
        'mine',
        'theirs',
      ]);
    });

    it('are returned byte for byte, whatever they contain', async () => {
      const name = newName();
      const text = 'nul \u0000, quote ", backslash \\u0000, 𝄞,\r\n\u2028';
      await keep(name, 'a', text);
      expect(await read(name)).toBe(text);
    });

    it('are removed for those who wrote them, or for all', async () => {
      const name = newName();
      const [alice, bob] = [user('default', 'alice'), user('default', 'bob')];
      for (const [n, who] of [alice, bob, alice].entries()) {
        await suite.store.memories.append(who, name, { id: `${n}`, text: `${n}`, at: new Date(n), runId });
      }
      await keep(newName(), 'a', 'of another memory');
      expect(await suite.store.memories.remove(alice, name, false)).toBe(2);
      expect(await read(name)).toBe('1');
      expect(await suite.store.memories.remove(user('other', 'alice'), name, true)).toBe(0);
      expect(await suite.store.memories.remove(alice, name, true)).toBe(1);
      expect(await read(name)).toBe('');
    });

    it('outlive the server', async () => {
      const name = newName();
      await keep(name, 'a', 'still here');
      await suite.store.close();
      await suite.reopen();
      expect(await read(name)).toBe('still here');
    });
  });
}
