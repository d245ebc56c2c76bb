import { LRUCache } from 'lru-cache';

/** A cache of the `max` entries that were used last. Unlike one with the option `max`, it takes no memory before it has them. */
export function createGrowingCache<V extends object | boolean>(max: number): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: max, sizeCalculation: () => 1 });
}
