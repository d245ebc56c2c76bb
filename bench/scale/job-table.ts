/** Where a job is. */
export const STATE = {
  ...{ accepting: 0, accepted: 1, placed: 2, sent: 3, running: 4, ended: 5, recorded: 6, free: 7 },
} as const;

/** The jobs in progress, as numbers in typed arrays: half a million of them take a few MiB. */
export interface JobTable {
  readonly node: Int32Array;
  readonly pool: Int32Array;
  /** -1 until it is sent. */
  readonly worker: Int32Array;
  readonly state: Uint8Array;
  readonly arrivedAt: Float64Array;
  readonly endedAt: Float64Array;
  /** The job that waits behind it at the same worker; -1 without one. */
  readonly next: Int32Array;
  /** Jobs in progress. */
  readonly count: number;
  /** @returns its number; a number is used again after `remove` */
  add(job: { readonly node: number; readonly pool: number; readonly at: number }): number;
  remove(job: number): void;
}

/** @param capacity jobs in progress at most; beyond it, `add` throws */
export function createJobTable(capacity: number): JobTable {
  const ints = () => new Int32Array(capacity);
  const [node, pool, worker, next] = [ints(), ints(), ints(), ints()];
  const state = new Uint8Array(capacity).fill(STATE.free);
  const [arrivedAt, endedAt] = [new Float64Array(capacity), new Float64Array(capacity)];
  const freed: number[] = [];
  let used = 0;
  return {
    ...{ node, pool, worker, state, arrivedAt, endedAt, next },
    get count() {
      return used - freed.length;
    },
    add(job) {
      const index = freed.pop() ?? used++;
      if (index >= capacity)
        throw new RangeError(`more than ${capacity} jobs are in progress: the system is overloaded`);
      node[index] = job.node;
      pool[index] = job.pool;
      arrivedAt[index] = job.at;
      worker[index] = -1;
      next[index] = -1;
      state[index] = STATE.accepting;
      return index;
    },
    remove(job) {
      state[job] = STATE.free;
      freed.push(job);
    },
  };
}
