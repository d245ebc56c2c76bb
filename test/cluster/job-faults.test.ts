import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { jobRuns } from '../support/cap/job-runs.ts';
import { type Answer, type SdkWorker, startSdkWorker } from '../support/cap/sdk-worker.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { until } from '../support/until.ts';

const DONE = { status: 'JOB_STATUS_SUCCEEDED' };

describe.skipIf(!hasNats)('jobs when something fails', () => {
  let nats: NatsServer;
  let dataDir: string;
  let server: Server;
  let runs: ReturnType<typeof jobRuns>;
  const env = () => ({ NATS_URL: nats.url, CAP_UNSIGNED: 'true' });
  const startAgain = async () => {
    server = await startServer({ dataDir, env: env() });
  };
  beforeAll(async () => {
    nats = await startNatsServer();
    dataDir = await mkdtemp(join(tmpdir(), 'signalbox-jobs-'));
    await startAgain();
    runs = jobRuns(() => server, await tokenFor('dev:admin', { roles: ['admin'] }));
  });
  afterAll(async () => {
    await server?.stop();
    await nats?.remove();
    await rm(dataDir, { recursive: true, force: true });
  });
  const worker = (id: string, subject: string, handle: (jobId: string) => Answer | Promise<Answer>, queue?: null) =>
    startSdkWorker({
      url: nats.url,
      id,
      subject,
      handle: (job) => handle(job.job_id),
      ...(queue === null && { queue }),
    });

  it('are done once and keep their result when the server is killed while a worker works', async () => {
    const answer = Promise.withResolvers<Answer>();
    await using one = await worker('w1', 'job.killed', () => answer.promise);
    const { id } = await runs.submit({ topic: 'job.killed' });
    await until('the worker has the job', () => one.jobs.length === 1);
    await until('that is recorded', async () => (await runs.run(id)).steps[0].state === 'RUNNING');
    await server.stop('SIGKILL');
    answer.resolve(DONE);
    await startAgain();
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ attempt: 1, worker: 'w1' }] });
    expect(one.jobs).toHaveLength(1);
    expect((await runs.verify(id)).valid).toBe(true);
  });

  it('have the first end that is reported: repeated, late and invented results change nothing', async () => {
    await using one = await worker('w2', 'job.first', () => undefined);
    const { id } = await runs.submit({ topic: 'job.first' });
    await until('the worker has the job', () => one.jobs.length === 1);
    const jobId = one.jobs[0]?.job_id ?? '';
    one.answer(`${jobId}0`, DONE);
    one.answer('no such job', DONE);
    one.answer(jobId, { status: 'JOB_STATUS_FAILED', error_message: 'the first end' });
    one.answer(jobId, DONE);
    expect(await runs.ended(id)).toMatchObject({
      state: 'FAILED',
      error: { message: expect.stringContaining('the first end') },
    });
    one.answer(jobId, DONE);
    await until('the others are logged', () => server.logged('job.report_ignored').length >= 4);
    expect((await runs.events(id)).filter(({ type }) => type === 'JOB_ENDED')).toHaveLength(1);
    expect((await runs.verify(id)).valid).toBe(true);
  });

  it('end once although a second listener without a queue group does each of them too', async () => {
    await using first = await worker('w3', 'job.twice', () => DONE);
    await using second = await worker('w4', 'job.twice', () => DONE, null);
    const { id } = await runs.submit({ topic: 'job.twice', waitMs: 60_000 });
    await until('both have done it', () => first.jobs.length === 1 && second.jobs.length === 1);
    await until('that is an alert on the bus', () => first.alerts.some(({ code }) => code === 'JOB_DONE_TWICE'));
    expect((await runs.events(id)).filter(({ type }) => type === 'JOB_ENDED')).toHaveLength(1);
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('are not disturbed by bytes that are not packets, and packets that are not valid', async () => {
    await using one = await worker('w5', 'job.noise', () => undefined);
    const { id } = await runs.submit({ topic: 'job.noise' });
    await until('the worker has the job', () => one.jobs.length === 1);
    const jobId = one.jobs[0]?.job_id ?? '';
    const before = server.logged('job.packet_refused').length;
    one.sendBytes('sys.job.result', Buffer.from('no packet'));
    one.sendBytes('sys.job.result', Buffer.alloc(900_000, 0x7a));
    one.send('sys.job.result', { protocol_version: 2, job_result: { job_id: jobId, ...DONE } });
    one.send('sys.job.result', { job_result: { job_id: '', ...DONE } });
    await until('they are refused', () => server.logged('job.packet_refused').length === before + 4);
    expect((await runs.run(id)).state).toBe('RUNNING');
    one.answer(jobId, DONE);
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('are neither lost nor done twice while NATS is killed and started under load', async () => {
    let connected = await worker('w6', 'job.load', () => DONE);
    const done = new Map<string, number>();
    const count = ({ jobs }: SdkWorker) => {
      for (const { job_id: jobId } of jobs) done.set(jobId, (done.get(jobId) ?? 0) + 1);
    };
    const ids: string[] = [];
    for (let i = 0; i < 60; i += 1) {
      ids.push((await runs.submit({ topic: 'job.load', idempotencyKey: `load-${i}`, maxAttempts: 1 })).id);
      if (i !== 30) continue;
      await nats.kill();
      count(connected);
      await connected.stop();
      await nats.start();
      connected = await worker('w6', 'job.load', () => DONE);
    }
    // What the worker was doing when NATS went is reported by nobody: its jobs would wait for their time limit.
    const states = new Map<string, number>();
    await until('all have ended, but for those whose result was lost with NATS', async () => {
      states.clear();
      for (const id of ids) {
        const { state } = await runs.run(id);
        states.set(state, (states.get(state) ?? 0) + 1);
      }
      return (states.get('SUCCEEDED') ?? 0) >= 58;
    });
    count(connected);
    for (const [jobId, times] of done) expect([jobId, times]).toEqual([jobId, 1]);
    await connected.stop();
  });

  it('are undone once each, the last one first, although the server is killed between every two', async () => {
    const events: string[] = [];
    const held = new Map<string, (answer: Answer) => void>();
    const undo = (name: string) => () =>
      new Promise<Answer>((resolve) => {
        events.push(`undo ${name}`);
        held.set(name, resolve);
      });
    await using stack = new AsyncDisposableStack();
    const workers: SdkWorker[] = [];
    for (const name of ['a', 'b', 'c']) {
      workers.push(
        await worker(`do-${name}`, `job.saga.${name}`, () => {
          events.push(`do ${name}`);
          return DONE;
        }),
      );
      workers.push(await worker(`undo-${name}`, `job.undo.${name}`, undo(name)));
    }
    for (const one of workers) stack.use(one);
    stack.use(await worker('fatal', 'job.saga.fatal', () => ({ status: 'JOB_STATUS_FAILED_FATAL' })));
    const step = (id: string, topic: string, more: object = {}) => ({ id, kind: 'job', input: { topic }, ...more });
    const reversible = (name: string, after: string[]) =>
      step(name, `job.saga.${name}`, {
        depends_on: after,
        compensate: { kind: 'job', input: { topic: `job.undo.${name}` } },
      });
    const steps = [
      ...[reversible('a', []), reversible('b', ['a']), reversible('c', ['b'])],
      step('last', 'job.saga.fatal', { depends_on: ['c'], retry: { max_attempts: 3 } }),
    ];
    const id = await runs.start({ name: 'saga', steps }, { priority: 'CRITICAL' });
    for (const name of ['c', 'b', 'a']) {
      await until(`${name} is being undone`, () => held.has(name));
      await until('that is recorded', async () => {
        return (await runs.run(id)).steps.some(
          (one: { key: string; state: string }) => one.key === `undo:${name}` && one.state === 'RUNNING',
        );
      });
      await server.stop('SIGKILL');
      held.get(name)?.(DONE);
      await startAgain();
    }
    const ended = await runs.ended(id);
    expect(ended.state).toBe('FAILED');
    expect(ended.steps.find(({ key }: { key: string }) => key === 'last')).toMatchObject({
      state: 'FAILED_FATAL',
      attempt: 1,
    });
    expect(events).toEqual(['do a', 'do b', 'do c', 'undo c', 'undo b', 'undo a']);
    expect((await runs.verify(id)).valid).toBe(true);
    const jobs = workers.flatMap((one) => one.jobs);
    expect(jobs.map(({ priority }) => priority)).toEqual(Array(6).fill('JOB_PRIORITY_CRITICAL'));
    // What undoes a job must not pass for the job that was done.
    const keys = jobs.map(({ meta }) => (meta as { idempotency_key: string }).idempotency_key);
    expect(new Set(keys).size).toBe(6);
  });

  it('tell their worker when they are cancelled, and ignore what it reports then', async () => {
    await using one = await worker('w8', 'job.cancelled', () => undefined);
    const { id } = await runs.submit({ topic: 'job.cancelled' });
    await until('the worker has the job', () => one.jobs.length === 1);
    const jobId = one.jobs[0]?.job_id ?? '';
    await runs.cancel(id);
    await until('the worker knows', () => one.cancelled.includes(jobId));
    one.answer(jobId, DONE);
    expect(await runs.ended(id)).toMatchObject({ state: 'CANCELLED' });
  });

  it('end with TIMEOUT at their deadline, and their worker is told', async () => {
    await using one = await worker('w9', 'job.slow', () => undefined);
    const { id } = await runs.submit({ topic: 'job.slow', budget: { deadline_ms: 500 } });
    expect(await runs.ended(id)).toMatchObject({ state: 'TIMEOUT' });
    await until('the worker knows', () => one.cancelled.length === 1);
  });

  it('are tried again under a new id when a worker says that this may help', async () => {
    await using one = await worker('w10', 'job.retry', (jobId) =>
      jobId.endsWith('-1') ? { status: 'JOB_STATUS_FAILED_RETRYABLE' } : DONE,
    );
    const { id } = await runs.submit({ topic: 'job.retry', maxAttempts: 2 });
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ attempt: 2 }] });
    expect(new Set(one.jobs.map((job) => job.job_id)).size).toBe(2);
    const keys = one.jobs.map((job) => (job.meta as { idempotency_key: string }).idempotency_key);
    expect(new Set(keys).size).toBe(1);
  });

  it('report their progress while they run', async () => {
    await using one = await worker('w11', 'job.progress', () => undefined);
    const { id } = await runs.submit({ topic: 'job.progress' });
    await until('the worker has the job', () => one.jobs.length === 1);
    const jobId = one.jobs[0]?.job_id ?? '';
    await until('the progress is recorded', async () => {
      one.send('sys.job.progress', { job_progress: { job_id: jobId, percent: 40, message: 'almost' } });
      return (await runs.events(id)).some(({ type }) => type === 'STEP_PROGRESS');
    });
    one.answer(jobId, DONE);
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('are denied by the policy before anything is sent', async () => {
    await using one = await worker('w12', 'job.denied', () => DONE);
    const alice = jobRuns(() => server, await tokenFor('dev:alice', { roles: ['analyst'] }));
    expect(await alice.submit({ topic: 'job.denied' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await alice.submit({ topic: 'job.de*ied' })).toMatchObject({ code: 'BAD_INPUT' });
    expect(one.jobs).toEqual([]);
  });
});
