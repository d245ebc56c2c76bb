import { describe, expect, it } from 'vitest';
import { type LayoutEdge, layoutGraph, NODE } from './layout.ts';

const edges = (...pairs: readonly string[]): LayoutEdge[] =>
  pairs.map((pair) => ({ from: pair.split('>')[0] ?? '', to: pair.split('>')[1] ?? '' }));

const columnOf = (layout: ReturnType<typeof layoutGraph>, id: string) =>
  [...new Set([...layout.places.values()].map(({ x }) => x))]
    .toSorted((a, b) => a - b)
    .indexOf(layout.places.get(id)?.x ?? -1);

describe('the layout of a graph', () => {
  it('puts each node right of all that it depends on', () => {
    const layout = layoutGraph({ nodes: ['a', 'b', 'c', 'd'], edges: edges('a>b', 'b>c', 'a>c', 'a>d') });
    expect(['a', 'b', 'c', 'd'].map((id) => columnOf(layout, id))).toEqual([0, 1, 2, 1]);
  });

  it('orders the nodes of a column so that edges do not cross', () => {
    const layout = layoutGraph({
      nodes: ['a', 'b', 'c', 'x', 'y', 'z'],
      edges: edges('a>z', 'b>y', 'c>x'),
    });
    const y = (id: string) => layout.places.get(id)?.y;
    expect([y('z'), y('y'), y('x')]).toEqual([y('a'), y('b'), y('c')]);
  });

  it('places the nodes of a circle, and ignores edges of unknown nodes', () => {
    const layout = layoutGraph({
      nodes: ['a', 'b', 'c'],
      edges: edges('a>b', 'b>a', 'b>c', 'b>b', 'gone>c', 'c>gone'),
    });
    expect(layout.places.size).toBe(3);
    expect(columnOf(layout, 'c')).toBeGreaterThan(columnOf(layout, 'b'));
  });

  it('puts nodes below a line, under those that they belong to', () => {
    const { places, line } = layoutGraph({
      nodes: ['a', 'b'],
      edges: edges('a>b'),
      below: [
        { id: 'undo-b', under: 'b' },
        { id: 'again', under: 'b' },
        { id: 'lost', under: undefined },
      ],
    });
    expect(places.get('undo-b')?.x).toBe(places.get('b')?.x);
    expect(places.get('undo-b')?.y).toBeGreaterThan(line?.y ?? Number.POSITIVE_INFINITY);
    expect(places.get('again')?.y).toBeGreaterThanOrEqual((places.get('undo-b')?.y ?? 0) + NODE.height);
    expect(layoutGraph({ nodes: ['a'], edges: [] }).line).toBeUndefined();
  });

  it('never puts two of 1,000 nodes at one place, and takes 100 ms at most', () => {
    const nodes = Array.from({ length: 1_000 }, (_, n) => `s${n}`);
    const all = nodes.flatMap((to, n) =>
      [1, 7, 31].filter((by) => n >= by && (n * by) % 3 !== 0).map((by) => ({ from: `s${n - by}`, to })),
    );
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      const { places } = layoutGraph({ nodes, edges: all });
      const took = performance.now() - began;
      expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(1_000);
      return took;
    });
    // The fastest of five: the machine may be busy with something else.
    expect(Math.min(...times)).toBeLessThan(100);
  });
});
