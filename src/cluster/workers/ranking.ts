/** Items, of which the first one by `before` is known at any time. */
export interface Ranking<T> {
  readonly size: number;
  first(): T | undefined;
  has(item: T): boolean;
  add(item: T): void;
  remove(item: T): void;
  /** Must be called when the place of an item may have changed; does nothing for an item that is not in it. */
  update(item: T): void;
}

/** A binary heap that knows where each item is: every change takes logarithmic time. */
export function createRanking<T>(before: (a: T, b: T) => boolean): Ranking<T> {
  const heap: T[] = [];
  const places = new Map<T, number>();

  const put = (item: T, at: number) => {
    heap[at] = item;
    places.set(item, at);
  };
  const rise = (item: T, from: number): number => {
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt] as T;
      if (!before(item, parent)) break;
      put(parent, at);
      at = parentAt;
    }
    put(item, at);
    return at;
  };
  const sink = (item: T, from: number) => {
    let at = from;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      if (childAt + 1 < heap.length && before(heap[childAt + 1] as T, heap[childAt] as T)) childAt += 1;
      const child = heap[childAt] as T;
      if (!before(child, item)) break;
      put(child, at);
      at = childAt;
    }
    put(item, at);
  };
  const settle = (item: T, at: number) => {
    if (rise(item, at) === at) sink(item, at);
  };

  return {
    get size() {
      return heap.length;
    },
    first: () => heap[0],
    has: (item) => places.has(item),
    add(item) {
      heap.push(item);
      rise(item, heap.length - 1);
    },
    remove(item) {
      const at = places.get(item);
      if (at === undefined) return;
      places.delete(item);
      const last = heap.pop() as T;
      if (last !== item) settle(last, at);
    },
    update(item) {
      const at = places.get(item);
      if (at !== undefined) settle(item, at);
    },
  };
}
