import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pluralOf, singularOf } from './plural.ts';

const PAIRS = [
  ['listing', 'listings'],
  ['category', 'categories'],
  ['day', 'days'],
  ['address', 'addresses'],
  ['status', 'statuses'],
  ['box', 'boxes'],
  ['branch', 'branches'],
  ['cache', 'caches'],
  ['house', 'houses'],
  ['purchase', 'purchases'],
  ['canvas', 'canvases'],
  ['person', 'people'],
  ['child', 'children'],
  ['quiz', 'quizzes'],
  ['analysis', 'analyses'],
  ['equipment', 'equipment'],
  ['series', 'series'],
  ['order_item', 'order_items'],
  ['sales_person', 'sales_people'],
] as const;

describe('pluralOf', () => {
  it.each(PAIRS)('of %s is %s', (one, many) => {
    expect(pluralOf(one)).toBe(many);
  });
});

describe('singularOf', () => {
  it.each(PAIRS.filter(([one]) => one !== 'analysis'))('is %s for %s', (one, many) => {
    expect(singularOf(many)).toBe(one);
    expect(singularOf(one)).toBe(one);
  });

  it('never returns a word that has another plural', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), (word) => {
        const one = singularOf(word);
        expect(one === word || pluralOf(one) === word).toBe(true);
      }),
    );
  });
});
