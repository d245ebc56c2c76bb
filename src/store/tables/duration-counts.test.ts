import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDurationCounts } from './duration-counts.ts';

it('tells the nearest rank of all durations, however long, also below zero', () => {
  const durations = fc.array(
    fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(65_535, 65_536), fc.integer({ min: 0, max: 1e12 })),
  );
  fc.assert(
    fc.property(durations, fc.constantFrom(0.01, 0.5, 0.95, 1), (all, share) => {
      const counts = createDurationCounts();
      for (const ms of all) counts.add(ms);
      const sorted = [...all].sort((a, b) => a - b);
      expect(counts.quantile(share)).toBe(sorted[Math.ceil(share * sorted.length) - 1]);
    }),
  );
});
