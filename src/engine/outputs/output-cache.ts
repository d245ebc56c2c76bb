import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { StepOutput, StepRecord } from '../../core/run.ts';

/** Outputs that steps with `cache` may reuse. Entries may be evicted, and each node has its own cache. */
export interface OutputCache {
  /** The output stored under this key, unless it is older than `ttlMs`. Remembers the key for `put`. */
  find(step: StepRecord, key: string, ttlMs: number): StepOutput | undefined;
  put(step: StepRecord, output: StepOutput): void;
}

const MAX_CACHE_BYTES = 16 * 1024 * 1024;

export function createOutputCache(clock: Clock): OutputCache {
  const outputs = new LRUCache<string, { readonly output: StepOutput; readonly at: number }>({
    maxSize: MAX_CACHE_BYTES,
  });
  const keys = new WeakMap<StepRecord, string>();
  return {
    find(step, key, ttlMs) {
      keys.set(step, key);
      const entry = outputs.get(key);
      return entry && clock.now().getTime() - entry.at <= ttlMs ? entry.output : undefined;
    },
    put(step, output) {
      const key = keys.get(step);
      // An artifact belongs to its run, and may be removed with it.
      if (key === undefined || output.text === undefined) return;
      outputs.set(key, { output, at: clock.now().getTime() }, { size: key.length + output.text.length + 1 });
    },
  };
}
