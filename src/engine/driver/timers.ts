import type { Clock } from '../../core/clock.ts';

/** The longest delay of a Node.js timer; longer waits take several timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One timer for each name: setting it again replaces it. */
export interface Timers {
  set(name: string, at: Date): void;
  /** When the next one is due, in milliseconds since 1970. */
  nextAt(): number | undefined;
  clear(): void;
}

/** @param onDue called with the name once the clock has reached its time, never earlier */
export function createTimers(clock: Clock, onDue: (name: string) => void): Timers {
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: Date }>();
  const set = (name: string, at: Date) => {
    clearTimeout(timers.get(name)?.timer);
    const delay = Math.max(0, at.getTime() - clock.now().getTime());
    const timer = setTimeout(
      () => {
        timers.delete(name);
        if (clock.now() < at) set(name, at);
        else onDue(name);
      },
      Math.min(delay, MAX_TIMER_MS),
    );
    timers.set(name, { timer, at });
  };
  return {
    set,
    nextAt() {
      let next: number | undefined;
      for (const { at } of timers.values()) next = Math.min(next ?? Infinity, at.getTime());
      return next;
    },
    clear() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
