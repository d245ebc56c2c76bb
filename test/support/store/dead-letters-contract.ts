import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { StepRecord } from '../../../src/core/run.ts';
import type { DeadLetter } from '../../../src/core/store-reader.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { finished, plannedStep, runCreated, textOutput } from './sample-events.ts';

/** What every store promises of dead letters, and of the ends of jobs. */
export function deadLettersContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('dead letters', () => {
    const suite = useStore(makeHarness);
    const letter = (source: string, more: Partial<DeadLetter> = {}): Omit<DeadLetter, 'id'> => ({
      ...{ tenant: 'default', subject: 'alice', at: new Date('2026-05-04T03:02:01.123Z'), source, jobId: 'j' },
      ...{ topic: 'job.a', reason: 'safety_denied', message: 'No.', sender: 'client', traceId: 't' },
      ...more,
    });
    const sources = async (scope: object, filter = {}, page = {}) => {
      const { edges } = await suite.store.deadLetters.list({ tenant: 'default', ...scope }, filter, page);
      return edges.map(({ node }) => node.source);
    };

    it('are listed newest first, each source once, to those who may see them', async () => {
      const { deadLetters } = suite.store;
      const request = { job: { topic: 'job.a', env: { a: '\u0000"' } } };
      await deadLetters.add(letter('1', { request, runId: 'run_1' }));
      await deadLetters.add(letter('2', { subject: '', topic: '', reason: 'no_workers' }));
      await deadLetters.add(letter('3', { topic: 'job.b' }));
      await deadLetters.add(letter('1', { reason: 'again' }));
      await deadLetters.add(letter('4', { tenant: 'acme' }));
      expect(await sources({})).toEqual(['3', '2', '1']);
      expect(await sources({ subject: 'alice' })).toEqual(['3', '1']);
      expect(await sources({ tenant: 'acme' })).toEqual(['4']);
      expect(await sources({}, { topic: 'job.b' })).toEqual(['3']);
      expect(await sources({}, { reason: 'no_workers' })).toEqual(['2']);
      expect(await sources({}, { reason: 'no_workers', topic: 'job.b' })).toEqual([]);
      const first = await deadLetters.list({ tenant: 'default' }, {}, { first: 2 });
      expect(first.hasNextPage).toBe(true);
      expect(await sources({}, {}, { after: first.endCursor })).toEqual(['1']);
      expect(await first.totalCount()).toEqual({ count: 3, isExact: true });
      const [one] = (await deadLetters.list({ tenant: 'default' }, { reason: 'safety_denied' }, { last: 1 })).edges;
      const id = one?.node.id ?? '';
      expect(await deadLetters.find({ tenant: 'default' }, id)).toEqual({
        ...letter('1', { request, runId: 'run_1' }),
        id: expect.stringMatching(/^dead_/),
      });
      expect(await deadLetters.find({ tenant: 'acme' }, id)).toBeUndefined();
      expect(await deadLetters.find({ tenant: 'default', subject: 'bob' }, id)).toBeUndefined();
    });

    it('are made once, however many nodes make them at once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => suite.store.deadLetters.add(letter('same'))));
      expect((await sources({})).filter((source) => source === 'same')).toHaveLength(1);
    });

    it('are kept for a tenant up to a limit, the newest', async () => {
      const many = { tenant: 'large', subject: '', at: 0, job: 'j', topic: 'job.a' };
      const first = newId('dead', 1);
      await suite.harness.tamper(
        `INSERT INTO dead_letters (id, tenant, subject, at, source, job_id, topic, reason, message, sender, trace_id)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10005)
        SELECT '${first}' || n, '${many.tenant}', '', ${suite.harness.kind === 'sqlite' ? '0' : 'now()'}, 'old ' || n, 'j', 'job.a', 'r', '', '', ''
        FROM numbers`,
      );
      for (let i = 0; i < 100; i += 1) await suite.store.deadLetters.add(letter(`large ${i}`, { tenant: many.tenant }));
      const [row] = await suite.harness.query<{ n: number | bigint }>(
        `SELECT count(*) AS n FROM dead_letters WHERE tenant = '${many.tenant}'`,
      );
      // Up to 99 are added before the next look.
      expect(Number(row?.n)).toBeLessThanOrEqual(10_099);
      expect(await sources({ tenant: many.tenant }, {}, { first: 1 })).toEqual(['large 99']);
    });
  });

  describe('the ends of jobs', () => {
    const suite = useStore(makeHarness);
    const now = new Date();
    const end = async (kind: 'JOB' | 'COMMAND') => {
      const id = newId('run');
      const { journal } = suite.store;
      await journal.append(id, 1, [runCreated({ kind, steps: [plannedStep('one')] })]);
      if (kind === 'JOB') await journal.append(newId('run'), 1, [runCreated({ kind, steps: [plannedStep('open')] })]);
      await journal.append(id, 2, finished(textOutput('x')));
      return id;
    };

    it('are read by one node at a time, in order, from where the last one stopped', async () => {
      const ids = [await end('JOB'), await end('JOB')];
      await end('COMMAND');
      const { jobEndings } = suite.store;
      const first = await jobEndings.next(1, now, 10_000);
      expect(first).toEqual([{ runId: ids[0], tenant: 'default', position: expect.any(Number) }]);
      await jobEndings.done(first?.[0]?.position ?? 0);
      const other = await suite.harness.open({ nodeId: 'node_other' });
      expect(await other.jobEndings.next(10, new Date(now.getTime() + 9_000), 10_000)).toBeUndefined();
      const later = new Date(now.getTime() + 11_000);
      const rest = await other.jobEndings.next(10, later, 10_000);
      expect(rest?.map(({ runId }) => runId)).toEqual([ids[1]]);
      expect(await jobEndings.next(10, later, 10_000)).toBeUndefined();
      await other.close();
    });
  });

  describe('the worker of a job', () => {
    const suite = useStore(makeHarness);
    const at = new Date();
    const dispatched = (jobId: string, worker?: string): NewEvent => {
      const payload = { jobId, topic: 'job.a', ...(worker !== undefined && { worker }) };
      return { type: 'JOB_DISPATCHED', at, step: 'one', payload };
    };
    /** Appends each group in a separate transaction. */
    const record = async (...groups: readonly NewEvent[][]) => {
      const [runId, step] = [newId('run'), plannedStep('one')];
      let seq = 1;
      for (const events of [[runCreated({ steps: [step] }), ...(groups[0] ?? [])], ...groups.slice(1)]) {
        await suite.store.journal.append(runId, seq, events);
        seq += events.length;
      }
      const scope = { tenant: 'default' };
      expect(await suite.store.verifyRun(scope, runId)).toMatchObject({ valid: true, problems: [] });
      return (await suite.store.reader.step(scope, step.id)) as StepRecord;
    };
    const heldBy = async (worker: string) => (await suite.store.reader.stepsOfWorker(worker)).map(({ id }) => id);

    it('is that of its last attempt', async () => {
      const { id } = await record([], [dispatched('j-1', 'w1')]);
      const again = [dispatched('j-1', 'w1'), dispatched('j-2')];
      for (const groups of [[again], [[], again], [[], ...again.map((event) => [event])]])
        expect((await record(...groups)).worker).toBeUndefined();
      expect(await heldBy('w1')).toEqual([id]);
    });

    it('that was sent to a topic is the first that reports about it', async () => {
      const report: NewEvent = { type: 'STEP_PROGRESS', at, step: 'one', payload: { percent: 5, worker: 'w2' } };
      const taken = await record([dispatched('j-1')], [report]);
      expect(taken).toMatchObject({ worker: 'w2', progress: { percent: 5, at: at.toISOString() } });
      expect(taken.progress).not.toHaveProperty('worker');
      expect(await heldBy('w2')).toEqual([taken.id]);
    });
  });
}
