import { useSyncExternalStore } from 'react';
import { connection } from './connection.ts';

interface Clock {
  readonly get: () => number;
  readonly subscribe: (listener: () => void) => () => void;
}

const clocks = new Map<number, Clock>();

/** One timer for all that show the same interval. It stands still while the connection is interrupted, and in a hidden tab. */
function createClock(intervalMs: number): Clock {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let now = Date.now();
  const tick = () => {
    const state = connection.get();
    if (document.hidden) return;
    const next = state.live ? Date.now() : state.since;
    if (next === now) return;
    now = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => now,
    subscribe(listener) {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, intervalMs);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

/** The time in milliseconds, in steps of the interval. It is the moment up to which everything is known. */
export function useNow(intervalMs = 1000): number {
  let clock = clocks.get(intervalMs);
  if (!clock) {
    clock = createClock(intervalMs);
    clocks.set(intervalMs, clock);
  }
  return useSyncExternalStore(clock.subscribe, clock.get);
}
