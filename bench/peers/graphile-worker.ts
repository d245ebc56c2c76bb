import { EventEmitter } from 'node:events';
import { Logger, run, type WorkerEvents } from 'graphile-worker';
import type { OpenSubject } from '../load/subject.ts';

const STEPS = 3;
/** Connections of the pool; more do not help on a machine with few cores. */
const MAX_CONNECTIONS = 20;
const silent = new Logger(() => () => {});

/**
 * Three jobs that do nothing, each added when the previous one is complete in the database. There is no workflow: nobody
 * would continue with the second job after a crash.
 */
export const open: OpenSubject = async ({ url, concurrency }) => {
  const task = `step-${process.pid}`;
  const waiting = new Map<string, () => void>();
  /** Jobs that completed before `addJob` returned their id. */
  const early = new Set<string>();
  const events: WorkerEvents = new EventEmitter();
  events.on('job:complete', ({ job }) => {
    const resolve = waiting.get(job.id);
    if (resolve) resolve();
    else early.add(job.id);
    waiting.delete(job.id);
  });
  const runner = await run({
    connectionString: url,
    concurrency,
    maxPoolSize: Math.min(concurrency + 2, MAX_CONNECTIONS),
    noHandleSignals: true,
    logger: silent,
    events,
    taskList: { [task]: async () => {} },
  });
  return {
    perform: async () => {
      for (let i = 0; i < STEPS; i += 1) {
        const { id } = await runner.addJob(task, {});
        if (!early.delete(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      }
    },
    close: () => runner.stop(),
  };
};
