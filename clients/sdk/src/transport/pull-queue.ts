/** A queue between a producer that cannot wait (a socket) and a consumer that pulls. It reports when it is full. */
export interface PullQueue<T> {
  push(item: T): void;
  readonly full: boolean;
  /** Waits for an item. Items come in order, then the end. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Resolves when the consumer waits for an item, or at the end. */
  waitForDemand(): Promise<void>;
  /** The remaining items are followed by the end, or by the error once and then the end. */
  end(error?: unknown): void;
  /** Ends at once and drops the remaining items. */
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
  let onDemand: (() => void) | undefined;

  function settle({ resolve, reject }: Waiter<T>) {
    const error = end?.error;
    if (error === undefined) return resolve({ done: true, value: undefined });
    end = {};
    reject(error);
  }

  function finish(ending: { error?: unknown }) {
    end ??= ending;
    for (const waiter of waiters.splice(0)) settle(waiter);
    onDemand?.();
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
        onDemand?.();
      });
    },
    waitForDemand() {
      return new Promise((resolve) => {
        onDemand = resolve;
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
