import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSlotMap, createSlotSet } from './slot-map.ts';

it('contains each element as often as it was added and not removed', () => {
  const one = { name: 'one' };
  const bag = createSlotSet<object>();
  const [first, second] = [bag.add(one), bag.add(one)];
  expect([bag.size, bag.values()]).toEqual([2, [one, one]]);
  first();
  expect(bag.values()).toEqual([one]);
  second();
  expect([bag.size, bag.values()]).toEqual([0, []]);
});

it('maps a name to its last element, and removes only elements that are present', () => {
  const [a, b, c] = [{ is: 'a' }, { is: 'b' }, { is: 'c' }];
  const bag = createSlotMap<object>();
  const takeOutA = bag.add('x', a);
  const takeOutB = bag.add('y', b);
  expect([bag.get('x'), bag.get('y'), bag.get('z'), bag.size]).toEqual([a, b, undefined, 2]);
  bag.add('x', c);
  takeOutA();
  expect([bag.get('x'), bag.size]).toEqual([c, 2]);
  takeOutB();
  takeOutB();
  expect([bag.get('y'), bag.values()]).toEqual([undefined, [c]]);
});

/** A small number: removes one of the elements. A name: adds one. */
const moves = fc.array(fc.oneof(fc.nat(5), fc.constantFrom('a', 'b', 'c')), { maxLength: 200 });

it('is a multiset, whatever is added and removed', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const bag = createSlotSet<{ readonly id: number }>();
      const inside: { readonly id: number; readonly takeOut: () => void }[] = [];
      for (const [id, move] of all.entries()) {
        if (typeof move === 'number') inside.splice(move, 1)[0]?.takeOut();
        else inside.push({ id, takeOut: bag.add({ id }) });
        expect(bag.size).toBe(inside.length);
      }
      expect(new Set(bag.values().map(({ id }) => id))).toEqual(new Set(inside.map(({ id }) => id)));
    }),
  );
});

it('with names is a map, whatever is added and removed', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const bag = createSlotMap<{ readonly id: number }>();
      const model = new Map<string, { readonly id: number }>();
      const put: { readonly name: string; readonly one: { readonly id: number }; readonly takeOut: () => void }[] = [];
      for (const [id, move] of all.entries()) {
        if (typeof move === 'string') {
          const one = { id };
          put.push({ name: move, one, takeOut: bag.add(move, one) });
          model.set(move, one);
        } else {
          const [leaving] = put.splice(move, 1);
          leaving?.takeOut();
          if (leaving && model.get(leaving.name) === leaving.one) model.delete(leaving.name);
        }
        expect([bag.size, ...['a', 'b', 'c'].map(bag.get)]).toEqual([
          model.size,
          ...['a', 'b', 'c'].map((name) => model.get(name)),
        ]);
      }
      expect(new Set(bag.values())).toEqual(new Set(model.values()));
    }),
  );
});
