/** What one side pushes and the other pulls. It tells when it is full, because a socket cannot be told to wait. */
export interface PullQueue<T> {
  push(item: T): void;
  readonly full: boolean;
  /** Waits for an item; items come out in order, then the end. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Resolves when somebody waits for an item, or at the end. */
  waitForDemand(): Promise<void>;
  /** After what is still inside comes the end, or the error once and then the end. */
  end(error?: unknown): void;
  /** The end comes at once; what is still inside is dropped. */
  discard(): void;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

export function createPullQueue<T>(capacity: number): PullQueue<T> {
  const items: T[] = [];
  const waiters: Waiter<T>[] = [];
  let end: { error?: unknown } | undefined;
  let onWanted: (() => void) | undefined;

  function settle({ resolve, reject }: Waiter<T>) {
    const error = end?.error;
    if (error === undefined) return resolve({ done: true, value: undefined });
    end = {};
    reject(error);
  }

  function finish(how: { error?: unknown }) {
    end ??= how;
    for (const waiter of waiters.splice(0)) settle(waiter);
    onWanted?.();
  }

  return {
    get full() {
      return items.length >= capacity;
    },
    push(item) {
      if (end) return;
      const waiter = waiters.shift();
      if (waiter) waiter.resolve({ done: false, value: item });
      else items.push(item);
    },
    next() {
      return new Promise((resolve, reject) => {
        if (items.length > 0) return resolve({ done: false, value: items.shift() as T });
        if (end) return settle({ resolve, reject });
        waiters.push({ resolve, reject });
        onWanted?.();
      });
    },
    waitForDemand() {
      return new Promise((resolve) => {
        onWanted = resolve;
        if (waiters.length > 0 || end) resolve();
      });
    },
    end: (error) => finish({ error }),
    discard() {
      items.length = 0;
      end = {};
      finish(end);
    },
  };
}
