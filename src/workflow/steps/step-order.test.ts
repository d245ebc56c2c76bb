import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ancestorsOf, findCycles, stepsBetween } from './step-order.ts';

const keys = Array.from({ length: 9 }, (_, i) => `s${i}`);
/** Any graph: a list of edges between nine steps. */
const anyGraph = fc
  .array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...keys)), { maxLength: 20 })
  .map((edges) => new Map(keys.map((key) => [key, edges.filter(([from]) => from === key).map(([, to]) => to)])));

/** True when steps can run one after the other, each after those it depends on. */
function hasOrder(graph: ReadonlyMap<string, readonly string[]>): boolean {
  const done = new Set<string>();
  for (let before = -1; done.size !== before; ) {
    before = done.size;
    for (const [key, needed] of graph) if (needed.every((one) => done.has(one))) done.add(key);
  }
  return done.size === graph.size;
}

describe('findCycles', () => {
  it('finds a cycle exactly when there is no order', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(findCycles(graph).length === 0).toBe(hasOrder(graph));
      }),
    );
  });

  it('lists steps that really depend on each other', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const cycle of findCycles(graph)) {
          expect(cycle[0]).toBe(cycle.at(-1));
          for (const [i, key] of cycle.slice(1).entries()) expect(graph.get(cycle[i] as string)).toContain(key);
        }
      }),
    );
  });

  it('handles a chain of many steps', () => {
    const chain = new Map(Array.from({ length: 20_000 }, (_, i) => [`s${i}`, i === 0 ? [] : [`s${i - 1}`]]));
    expect(findCycles(chain)).toEqual([]);
    chain.set('s0', ['s19999']);
    expect(findCycles(chain)[0]).toHaveLength(20_001);
  });
});

describe('ancestorsOf and stepsBetween', () => {
  const graph = new Map([
    ['a', []],
    ['b', ['a']],
    ['c', ['a']],
    ['d', ['b', 'c']],
    ['e', ['d', 'x']],
    ['x', []],
  ]);

  it('returns all direct and indirect dependencies', () => {
    expect([...ancestorsOf('d', graph)].sort()).toEqual(['a', 'b', 'c']);
    expect(ancestorsOf('a', graph).size).toBe(0);
  });

  it('returns the steps that run again', () => {
    expect([...stepsBetween('b', 'e', graph)].sort()).toEqual(['b', 'd', 'e']);
  });
});
