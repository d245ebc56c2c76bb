import type { Clock } from '../../core/clock.ts';

/** The longest delay of a Node.js timer; longer waits take several timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One timer for each name: setting it again replaces it. */
export interface Timers {
  set(name: string, at: Date): void;
  clear(): void;
}

/** @param onDue called with the name once the clock has reached its time, never earlier */
export function createTimers(clock: Clock, onDue: (name: string) => void): Timers {
  const timers = new Map<string, NodeJS.Timeout>();
  const set = (name: string, at: Date) => {
    clearTimeout(timers.get(name));
    const delay = Math.max(0, at.getTime() - clock.now().getTime());
    const timer = setTimeout(
      () => {
        timers.delete(name);
        if (clock.now() < at) set(name, at);
        else onDue(name);
      },
      Math.min(delay, MAX_TIMER_MS),
    );
    timers.set(name, timer);
  };
  return {
    set,
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
