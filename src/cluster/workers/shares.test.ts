import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodesBefore } from './shares.ts';

const ids = (prefix: string, min: number, max: number) =>
  fc.uniqueArray(
    fc.oneof(
      fc.nat({ max: 9_999 }).map((n) => `${prefix}-${n}`),
      fc.uuid({ version: 7 }),
    ),
    { minLength: min, maxLength: max },
  );
const nodes = ids('node', 1, 8);
const workers = ids('worker', 1, 40);
const ownerOf = (all: readonly string[], worker: string) => all.filter((node) => nodesBefore(all, node, worker) === 0);

describe('the shares of the nodes', () => {
  it('are disjoint and cover all workers: the nodes are in one order for each worker, in whatever order they are listed', () => {
    fc.assert(
      fc.property(nodes, workers, fc.func(fc.nat()), (all, known, orderOf) => {
        const shuffled = all.toSorted((a, b) => orderOf(a) - orderOf(b));
        for (const worker of known) {
          const places = all.map((node) => nodesBefore(shuffled, node, worker));
          expect(places.toSorted((a, b) => a - b)).toEqual([...all.keys()]);
        }
      }),
    );
  });

  it('change only for the workers of a node that goes, and for those that a new one takes', () => {
    fc.assert(
      fc.property(nodes, fc.uuid(), workers, (all, other, known) => {
        const more = [...all, other];
        for (const worker of known) {
          const [before] = ownerOf(all, worker);
          const [after] = ownerOf(more, worker);
          expect([before, other]).toContain(after);
          // Of a node that goes, the next in line takes the worker.
          if (after === other) expect(nodesBefore(more, before as string, worker)).toBe(1);
        }
      }),
    );
  });

  it('are about equal, also when ids differ by a number only', () => {
    const all = ['node_1', 'node_2', 'node_3', 'node_4'];
    const counts = new Map(all.map((node) => [node, 0]));
    for (let n = 0; n < 4_000; n += 1) {
      const [owner = ''] = ownerOf(all, `builds-${n}`);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });
});
