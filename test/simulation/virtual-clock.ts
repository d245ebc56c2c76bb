/** Callbacks by time; those of the same time run in the order in which they were added. */
export interface VirtualClock {
  readonly now: number;
  readonly isEmpty: boolean;
  add(delayMs: number, callback: () => void): void;
  /** Moves the time to the next callback, and calls it. */
  step(): void;
}

export function createVirtualClock(start: number): VirtualClock {
  let entries: { readonly at: number; readonly callback: () => void }[] = [];
  let now = start;
  return {
    get now() {
      return now;
    },
    get isEmpty() {
      return entries.length === 0;
    },
    add(delayMs, callback) {
      const at = now + Math.max(0, delayMs);
      const index = entries.findIndex((entry) => entry.at > at);
      entries.splice(index < 0 ? entries.length : index, 0, { at, callback });
    },
    step() {
      const [first, ...rest] = entries;
      if (!first) return;
      entries = rest;
      now = first.at;
      first.callback();
    },
  };
}
