import { Fault } from '../core/errors.ts';

/** A bounded number of places, and a bounded queue for them. */
export interface Places {
  /** Resolves with the function that gives the place back. @throws Fault UNAVAILABLE when the queue is full */
  take(): Promise<() => void> | (() => void);
  readonly taken: number;
  readonly waiting: number;
}

export function createPlaces(limits: { readonly places: number; readonly queue: number }): Places {
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
    take() {
      if (taken < limits.places) {
        taken += 1;
        return once();
      }
      if (waiters.length >= limits.queue) {
        throw new Fault('UNAVAILABLE', 'The server is full. Try again in a moment.', { retryAfterMs: 1_000 });
      }
      return new Promise((resolve) => waiters.push(() => resolve(once())));
    },
    get taken() {
      return taken;
    },
    get waiting() {
      return waiters.length;
    },
  };
}
