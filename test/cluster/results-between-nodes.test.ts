import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../support/bus/nats-server.ts';
import { jobRuns } from '../support/cap/job-runs.ts';
import { type Answer, type SdkWorker, startSdkWorker } from '../support/cap/sdk-worker.ts';
import { type SeveralNodes, startSeveralNodes } from '../support/cap/several-nodes.ts';
import { loggedBugs } from '../support/reliability/final-states.ts';
import { type Server, tokenFor } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { until } from '../support/until.ts';

const DONE = { status: 'JOB_STATUS_SUCCEEDED' };
/** Of each node. The caller of each waits, so that its run stays in memory. */
const JOBS = 20;
const WAIT_MS = 60_000;
/** A result that a dead node has taken comes again after 15 s; a busy machine needs longer for the rest. */
const TIME_LIMIT_MS = 300_000;

await onPostgres(() => {
  describe.skipIf(!hasNats)('results of jobs, of which any node gets each', () => {
    let nodes: SeveralNodes;
    let token: string;
    beforeAll(async () => {
      nodes = await startSeveralNodes();
      token = await tokenFor('dev:admin', { roles: ['admin'] });
    });
    afterAll(() => nodes?.[Symbol.asyncDispose]());

    /** Jobs of both nodes, all of which the worker has, and which are recorded as running. */
    const submitAll = async (topic: string, worker: SdkWorker) => {
      const clients = nodes.servers.map((server) => jobRuns(() => server, token));
      const answers = clients.flatMap((client, i) =>
        Array.from({ length: JOBS }, (_, n) =>
          client
            .submit({ topic, idempotencyKey: `${topic}-${i}-${n}`, waitMs: WAIT_MS, maxAttempts: 1 })
            // Its node is killed.
            .catch(() => undefined),
        ),
      );
      let refusal: unknown;
      for (const answer of answers) void answer.then((run) => (refusal ??= run?.message));
      await until('the worker has all jobs', () => refusal !== undefined || worker.jobs.length === answers.length);
      expect(refusal).toBeUndefined();
      const ids = worker.jobs.map(({ labels }) => (labels as Record<string, string>)['signalbox.run_id'] as string);
      const [reader] = clients as [ReturnType<typeof jobRuns>];
      await until('all are recorded as running', async () => {
        const runs = await Promise.all(ids.map((id) => reader.run(id)));
        return runs.every(({ steps: [step] }) => step.state === 'RUNNING');
      });
      return { ids, answers };
    };
    /** Every job ended once, as its worker said. */
    const expectEnds = async (ids: readonly string[], worker: SdkWorker) => {
      const reader = jobRuns(() => nodes.servers[0], token);
      for (const id of ids) {
        expect(await reader.ended(id)).toMatchObject({
          state: 'SUCCEEDED',
          steps: [{ attempt: 1, worker: worker.id }],
        });
        expect((await reader.events(id)).filter(({ type }) => type === 'JOB_ENDED')).toHaveLength(1);
        expect((await reader.verify(id)).valid).toBe(true);
      }
      expect(new Set(worker.jobs.map((job) => job.job_id)).size).toBe(worker.jobs.length);
      expect(worker.alerts).toEqual([]);
      expect(nodes.all.flatMap(loggedBugs)).toEqual([]);
    };
    const holdingWorker = async (id: string, topic: string) => {
      const answer = Promise.withResolvers<Answer>();
      const worker = await startSdkWorker({ url: nodes.nats.url, id, subject: topic, handle: () => answer.promise });
      return { worker, answerAll: () => answer.resolve(DONE) };
    };

    it('reach the node that has the run in memory, and no message is stored for it', async () => {
      // Counts also those that are removed again.
      await nodes.database.query(`
        CREATE TABLE sent_messages (id text);
        CREATE FUNCTION count_message() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO sent_messages VALUES (NEW.id); RETURN NEW; END';
        CREATE TRIGGER count_messages BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION count_message()`);
      const { worker, answerAll } = await holdingWorker('w1', 'job.direct');
      await using _ = worker;
      const { ids, answers } = await submitAll('job.direct', worker);
      answerAll();
      expect((await Promise.all(answers)).map((run) => run?.state)).toEqual(ids.map(() => 'SUCCEEDED'));
      await expectEnds(ids, worker);
      expect((await nodes.database.query('SELECT id FROM sent_messages')).rows).toEqual([]);
      await nodes.database.query(
        'DROP TRIGGER count_messages ON messages; DROP FUNCTION count_message; DROP TABLE sent_messages',
      );
    });

    it(
      'are neither lost nor counted twice when a node is killed while results arrive',
      async () => {
        for (const [i, victim] of nodes.servers.entries()) {
          const topic = `job.killed-${i}`;
          const { worker, answerAll } = await holdingWorker(`killer-${i}`, topic);
          await using _ = worker;
          const { ids } = await submitAll(topic, worker);
          const reader = jobRuns(() => nodes.servers[1 - i] as Server, token);
          answerAll();
          // Some are recorded, some were taken by either node, some wait in the stream.
          await until('the first has ended', async () => {
            const runs = await Promise.all(ids.map((id) => reader.run(id)));
            return runs.some(({ state }) => state === 'SUCCEEDED');
          });
          await victim.stop('SIGKILL');
          for (const id of ids) await reader.ended(id);
          nodes.servers[i] = await nodes.startNode();
          await expectEnds(ids, worker);
        }
      },
      TIME_LIMIT_MS,
    );
  });
});
