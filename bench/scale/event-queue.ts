/** Events by virtual time; those of the same time in the order in which they were added. Holds numbers only, for millions of events. */
export interface EventQueue {
  readonly size: number;
  /** The time of the next event; Infinity without one. */
  readonly nextAt: number;
  add(at: number, kind: number, subject: number): void;
  /** Removes the next event. */
  take(): { readonly at: number; readonly kind: number; readonly subject: number };
}

const INITIAL_CAPACITY = 1 << 16;

/** A binary heap in typed arrays. */
export function createEventQueue(): EventQueue {
  let times = new Float64Array(INITIAL_CAPACITY);
  let orders = new Float64Array(INITIAL_CAPACITY);
  let kinds = new Uint8Array(INITIAL_CAPACITY);
  let subjects = new Int32Array(INITIAL_CAPACITY);
  let size = 0;
  let added = 0;
  const event = { at: 0, kind: 0, subject: 0 };

  const grow = () => {
    const capacity = times.length * 2;
    const extend = <T extends Float64Array | Uint8Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    times = extend(times, new Float64Array(capacity));
    orders = extend(orders, new Float64Array(capacity));
    kinds = extend(kinds, new Uint8Array(capacity));
    subjects = extend(subjects, new Int32Array(capacity));
  };
  const isBefore = (at: number, order: number, index: number) => {
    const other = times[index] as number;
    return at < other || (at === other && order < (orders[index] as number));
  };
  const move = (from: number, to: number) => {
    times[to] = times[from] as number;
    orders[to] = orders[from] as number;
    kinds[to] = kinds[from] as number;
    subjects[to] = subjects[from] as number;
  };
  const put = (index: number, at: number, order: number, kind: number, subject: number) => {
    times[index] = at;
    orders[index] = order;
    kinds[index] = kind;
    subjects[index] = subject;
  };

  return {
    get size() {
      return size;
    },
    get nextAt() {
      return size === 0 ? Number.POSITIVE_INFINITY : (times[0] as number);
    },
    add(at, kind, subject) {
      if (size === times.length) grow();
      const order = added++;
      let index = size++;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at, order, parent)) break;
        move(parent, index);
        index = parent;
      }
      put(index, at, order, kind, subject);
    },
    /** The same object each time: it is valid until the next call. */
    take() {
      event.at = times[0] as number;
      event.kind = kinds[0] as number;
      event.subject = subjects[0] as number;
      size -= 1;
      const [at, order] = [times[size] as number, orders[size] as number];
      const [kind, subject] = [kinds[size] as number, subjects[size] as number];
      let index = 0;
      for (let child = 1; child < size; child = 2 * index + 1) {
        if (child + 1 < size && isBefore(times[child + 1] as number, orders[child + 1] as number, child)) child += 1;
        if (isBefore(at, order, child)) break;
        move(child, index);
        index = child;
      }
      put(index, at, order, kind, subject);
      return event;
    },
  };
}
