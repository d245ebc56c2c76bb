import type { Clock } from '../../core/clock.ts';

/** The longest that one timer of Node can take; longer waits take several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Alarms by name, one each: the last one set counts. */
export interface Timers {
  set(name: string, at: Date): void;
  clear(): void;
}

/** @param ring called with the name once its time has come by the clock, never sooner */
export function createTimers(clock: Clock, ring: (name: string) => void): Timers {
  const running = new Map<string, NodeJS.Timeout>();
  const set = (name: string, at: Date) => {
    clearTimeout(running.get(name));
    const left = Math.max(0, at.getTime() - clock.now().getTime());
    const timer = setTimeout(
      () => {
        running.delete(name);
        if (clock.now() < at) set(name, at);
        else ring(name);
      },
      Math.min(left, MAX_TIMER_MS),
    );
    running.set(name, timer);
  };
  return {
    set,
    clear() {
      for (const timer of running.values()) clearTimeout(timer);
      running.clear();
    },
  };
}
