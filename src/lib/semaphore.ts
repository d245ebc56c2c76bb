/** A limited number of permits, with a bounded queue of callers waiting for one. */
export interface Semaphore {
  /** Resolves with the function that releases the permit. @throws what `onFull` returns, when the queue is full */
  acquire(): Promise<() => void> | (() => void);
  readonly acquired: number;
  readonly queued: number;
}

export function createSemaphore(options: {
  readonly permits: number;
  readonly maxQueued: number;
  readonly onFull: () => Error;
}): Semaphore {
  const waiters: (() => void)[] = [];
  let acquired = 0;

  const createRelease = () => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = waiters.shift();
      // The permit passes to the caller that has waited longest, so `acquired` stays.
      if (next) next();
      else acquired -= 1;
    };
  };

  return {
    acquire() {
      if (acquired < options.permits) {
        acquired += 1;
        return createRelease();
      }
      if (waiters.length >= options.maxQueued) throw options.onFull();
      return new Promise((resolve) => waiters.push(() => resolve(createRelease())));
    },
    get acquired() {
      return acquired;
    },
    get queued() {
      return waiters.length;
    },
  };
}
