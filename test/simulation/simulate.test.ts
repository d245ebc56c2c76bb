import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const { SEED, SEEDS = '2000' } = process.env;

describe('a simulated run', () => {
  it.runIf(SEED === undefined)(
    'keeps its promises, whatever fails and crashes around it',
    () => {
      const counts = new Map<string, number>();
      let crashes = 0;
      let reruns = 0;
      for (let seed = 1; seed <= Number(SEEDS); seed++) {
        try {
          const result = simulate(seed);
          counts.set(result.state, (counts.get(result.state) ?? 0) + 1);
          crashes += result.crashes;
          reruns += result.reruns;
        } catch (error) {
          throw new Error(`SEED=${seed} npx vitest run test/simulation/simulate.test.ts: ${(error as Error).message}`, {
            cause: error,
          });
        }
      }
      // A simulation in which nothing fails, or nothing succeeds, shows little.
      expect([...counts.keys()].sort()).toEqual(['CANCELLED', 'DENIED', 'FAILED', 'SUCCEEDED', 'TIMEOUT']);
      expect(crashes).toBeGreaterThan(Number(SEEDS) / 10);
      expect(reruns).toBeGreaterThan(Number(SEEDS) / 20);
    },
    120_000,
  );

  it.runIf(SEED !== undefined)(`of the seed ${SEED} keeps its promises`, () => {
    const lines: string[] = [];
    try {
      simulate(Number(SEED), (line) => lines.push(line));
    } finally {
      console.log(lines.join('\n'));
    }
  });

  it('is the same each time for the same seed', () => {
    const trace = () => {
      const lines: string[] = [];
      simulate(7, (line) => lines.push(line));
      return lines;
    };
    expect(trace()).toEqual(trace());
  });
});
