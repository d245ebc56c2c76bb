import { describe, expect, it } from 'vitest';
import { nextLink } from './next-link.ts';

describe('the header Link', () => {
  it.each([
    ['<a>; rel=next', 'a'],
    ['<a,b;c>; title="x, <y>; rel=next"; rel="prev", <d> ; REL = "Next"', 'd'],
    ['<a>; rel=prev', undefined],
    ['<a>;rel="nextly", <b>', undefined],
    [`<a>${'; x'.repeat(5_000)}`, undefined],
  ])('%.80s leads to %s', (header, target) => expect(nextLink(header)).toBe(target));
});
