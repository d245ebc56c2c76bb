import { PgBoss } from 'pg-boss';
import type { OpenSubject } from '../load/subject.ts';

const STEPS = 3;

/**
 * Three jobs that do nothing, each sent when the handler of the previous one has run. Jobs are fetched in batches as
 * large as the load and announced by NOTIFY, which is the fastest mode of pg-boss. pg-boss does not report when a
 * completion is written, so the last one of a run is not waited for. There is no workflow here either.
 */
export const open: OpenSubject = async ({ url, concurrency }) => {
  const queue = `steps-${process.pid}`;
  const boss = new PgBoss({ connectionString: url, useListenNotify: true, schedule: false });
  boss.on('error', (error: Error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(queue, { notify: true });

  const waiting = new Map<string, () => void>();
  const options = { batchSize: concurrency, burstWhenBatchFull: true };
  await boss.work<{ key: string }>(queue, options, async (jobs) => {
    for (const { data } of jobs) waiting.get(data.key)?.();
  });
  let runCount = 0;
  return {
    perform: async () => {
      const key = String(runCount++);
      for (let i = 0; i < STEPS; i += 1) {
        const handled = new Promise<void>((resolve) => waiting.set(key, resolve));
        await boss.send(queue, { key });
        await handled;
      }
      waiting.delete(key);
    },
    close: () => boss.stop({ graceful: false }),
  };
};
