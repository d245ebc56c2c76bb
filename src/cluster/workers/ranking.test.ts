import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRanking } from './ranking.ts';

interface Item {
  value: number;
}

it('the first one is the least, whatever is added, removed and changed', () => {
  const value = fc.nat({ max: 50 });
  const step = fc.record({ type: fc.constantFrom('add', 'remove', 'change'), index: fc.nat(), value });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ranking = createRanking<Item>((a, b) => a.value < b.value);
      const items: Item[] = [];
      for (const { type, index, value } of steps) {
        const item = items[index % (items.length || 1)];
        if (type === 'add' || !item) {
          const added = { value };
          items.push(added);
          ranking.add(added);
        } else if (type === 'remove') {
          items.splice(items.indexOf(item), 1);
          ranking.remove(item);
        } else {
          item.value = value;
          ranking.update(item);
        }
        expect(ranking.size).toBe(items.length);
        expect(ranking.first()?.value).toBe(
          items.length === 0 ? undefined : Math.min(...items.map((one) => one.value)),
        );
        if (item) expect(ranking.has(item)).toBe(items.includes(item));
      }
    }),
  );
});
