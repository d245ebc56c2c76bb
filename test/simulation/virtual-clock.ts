/** What is to happen, by time; what is at the same time happens in the order in which it was added. */
export interface VirtualClock {
  readonly now: number;
  readonly isEmpty: boolean;
  add(inMs: number, what: () => void): void;
  /** Goes on to the next of them, and does it. */
  step(): void;
}

export function createVirtualClock(start: number): VirtualClock {
  let entries: { readonly at: number; readonly what: () => void }[] = [];
  let now = start;
  return {
    get now() {
      return now;
    },
    get isEmpty() {
      return entries.length === 0;
    },
    add(inMs, what) {
      const at = now + Math.max(0, inMs);
      const place = entries.findIndex((entry) => entry.at > at);
      entries.splice(place < 0 ? entries.length : place, 0, { at, what });
    },
    step() {
      const [first, ...rest] = entries;
      if (!first) return;
      entries = rest;
      now = first.at;
      first.what();
    },
  };
}
