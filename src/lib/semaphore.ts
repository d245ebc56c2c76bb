import { Fault } from '../core/errors.ts';

/** A bounded number of places, and a bounded queue for them. */
export interface Semaphore {
  /** Resolves with the function that gives the place back. @throws Fault UNAVAILABLE when the queue is full */
  acquire(): Promise<() => void> | (() => void);
  readonly acquired: number;
  readonly queued: number;
}

export function createSemaphore(limits: { readonly permits: number; readonly maxQueued: number }): Semaphore {
  const waiters: (() => void)[] = [];
  let taken = 0;

  const once = () => {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = waiters.shift();
      // The place passes on to the longest waiting, so `taken` stays.
      if (next) next();
      else taken -= 1;
    };
  };

  return {
    acquire() {
      if (taken < limits.permits) {
        taken += 1;
        return once();
      }
      if (waiters.length >= limits.maxQueued) {
        throw new Fault('UNAVAILABLE', 'The server is full. Try again in a moment.', { retryAfterMs: 1_000 });
      }
      return new Promise((resolve) => waiters.push(() => resolve(once())));
    },
    get acquired() {
      return taken;
    },
    get queued() {
      return waiters.length;
    },
  };
}
