import { createHash } from 'node:crypto';
import type { CpuOwner, CpuTaskOptions } from '../../core/cpu-pool.ts';
import { createFairQueue, type FairQueue, ownerKey, type QueuePlace } from '../../lib/fair-queue.ts';
import { createGrowingCache } from '../../lib/growing-cache.ts';
import type { TaskRequest } from './cpu-task.ts';

/** A task between its call and its result. */
export interface Job {
  readonly owner: CpuOwner;
  readonly request: TaskRequest;
  readonly options: CpuTaskOptions;
  readonly since: number;
  /** Its number in the order of arrival. */
  readonly order: number;
  /** It took longer than `SLOW_TASK_MS`, now or when it ran last. */
  isSlow: boolean;
  /** How often its worker was lost. */
  losses: number;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Tasks that wait, by what they were measured to take, fair by tenant and user. */
export interface TaskQueue {
  readonly size: number;
  has(job: Job): boolean;
  waitingOf(owner: CpuOwner): number;
  add(job: Job): void;
  /** Removes the task without using up a turn of its owner. */
  withdraw(job: Job): void;
  /**
   * Removes and returns the task whose turn it is: a quick one, unless a slow one has waited long.
   * @param accepts whether its owner may have a worker
   */
  take(accepts: (job: Job) => boolean, acceptsSlow: boolean): Job | undefined;
  /** Whether a quick task of such an owner waits. */
  hasQuick(accepts: (job: Job) => boolean): boolean;
  all(): Job[];
}

/** After this long a slow task goes before quick ones, which could otherwise keep it waiting for ever. */
const MAX_SLOW_WAIT_MS = 2_000;

export function createTaskQueue(): TaskQueue {
  const queues = { quick: createFairQueue<Job>(), slow: createFairQueue<Job>() };
  const places = new Map<Job, QueuePlace>();
  const waiting = new Map<string, number>();
  const change = (owner: CpuOwner, by: 1 | -1) => {
    const name = ownerKey(owner);
    const count = (waiting.get(name) ?? 0) + by;
    if (count === 0) waiting.delete(name);
    else waiting.set(name, count);
  };
  const remove = (job: Job): QueuePlace | undefined => {
    const place = places.get(job);
    if (place) change(job.owner, -1);
    places.delete(job);
    return place;
  };
  const queueOf = ({ isSlow }: Job): FairQueue<Job> => (isSlow ? queues.slow : queues.quick);
  return {
    get size() {
      return places.size;
    },
    has: (job) => places.has(job),
    waitingOf: (owner) => waiting.get(ownerKey(owner)) ?? 0,
    add(job) {
      places.set(job, queueOf(job).add(job.owner, job, job.order));
      change(job.owner, 1);
    },
    withdraw: (job) => remove(job)?.leave(false),
    take(accepts, acceptsSlow) {
      const quick = queues.quick.first(accepts);
      const slow = acceptsSlow ? queues.slow.first(accepts) : undefined;
      const isSlowNext = !quick || (slow && performance.now() - slow.since > MAX_SLOW_WAIT_MS);
      const job = isSlowNext ? slow : quick;
      if (job) remove(job)?.leave(true);
      return job;
    },
    hasQuick: (accepts) => queues.quick.first(accepts) !== undefined,
    all: () => [...places.keys()],
  };
}

/** Which programs were slow when they ran last. */
export interface MeasuredPrograms {
  isSlow(owner: CpuOwner, task: string, program: string | undefined): boolean;
  record(job: Job, isSlow: boolean): void;
}

/** The slow programs that are remembered. */
const MAX_REMEMBERED = 10_000;

export function createMeasuredPrograms(): MeasuredPrograms {
  const slow = createGrowingCache<true>(MAX_REMEMBERED);
  // By owner too: what takes long with somebody else's data may be quick.
  const keyOf = (owner: CpuOwner, task: string, program: string) =>
    createHash('sha256')
      .update(`${ownerKey(owner)}\n${task}\n${program}`)
      .digest('base64');
  return {
    isSlow: (owner, task, program) => program !== undefined && slow.size > 0 && slow.has(keyOf(owner, task, program)),
    record({ owner, request, options: { program } }, isSlow) {
      if (program === undefined || (!isSlow && slow.size === 0)) return;
      const key = keyOf(owner, request.task, program);
      if (isSlow) slow.set(key, true);
      else slow.delete(key);
    },
  };
}
