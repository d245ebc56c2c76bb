import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { matchStars } from './wildcard.ts';

const regex = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`);

describe('matching with stars', () => {
  it('matches like a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(fc.property(pattern, text, (p, t) => matchStars(p, t) === regex(p).test(t)));
  });

  it('takes at most pattern × text steps on input that would make backtracking explode', async () => {
    const text = 'a'.repeat(65_536);
    const cpuMs = await cpuMsOf(() => expect(matchStars(`${'*a'.repeat(30)}*b`, text)).toBe(false));
    expect(cpuMs).toBeLessThan(1_000);
  });
});
