import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { jobRuns } from '../support/cap/job-runs.ts';
import { type Answer, startSdkWorker } from '../support/cap/sdk-worker.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { until } from '../support/until.ts';

const SUBMIT = `mutation ($input: SubmitJobInput!) { submitJob(input: $input) {
  ... on Run { id state error { code message } steps { key kind state attempt worker output error { code message } } }
  ... on Refusal { code message } } }`;
const EVENTS =
  'query ($id: ID!) { events(filter: { runId: $id }) { events { type ... on JobDispatched { jobId topic worker } ... on JobEnded { worker status reason } ... on StepStateChanged { to } } } }';

describe.skipIf(!hasNats)('jobs', () => {
  let nats: NatsServer;
  let server: Server;
  let token: string;
  beforeAll(async () => {
    nats = await startNatsServer();
    server = await startServer({ env: { NATS_URL: nats.url, CAP_UNSIGNED: 'true' } });
    token = await tokenFor('dev:admin', { roles: ['admin'] });
  });
  afterAll(async () => {
    await server?.stop();
    await nats?.remove();
  });
  const submit = async (input: object) => (await server.query(SUBMIT, { input }, token)).data.submitJob;
  const eventsOf = async (id: string) => (await server.query(EVENTS, { id }, token)).data.events.events;

  it('go to a worker of their topic, and have its result', async () => {
    await using worker = await startSdkWorker({ url: nats.url, id: 'w1', subject: 'job.echo' });
    const run = await submit({ topic: 'job.echo', context: { a: 1 }, waitMs: 60_000 });
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      steps: [{ kind: 'JOB', state: 'SUCCEEDED', worker: 'w1', attempt: 1 }],
    });
    expect(worker.jobs).toHaveLength(1);
    expect(worker.jobs[0]).toMatchObject({ topic: 'job.echo', workflow_id: run.id });
    const events = await eventsOf(run.id);
    expect(events.map((event: { type: string }) => event.type)).toContain('JOB_DISPATCHED');
    expect(events.find((event: { type: string }) => event.type === 'JOB_ENDED')).toMatchObject({
      worker: 'w1',
      status: 'SUCCEEDED',
    });
  });

  it('wait until somebody listens to their topic', async () => {
    const run = await submit({ topic: 'job.later' });
    await until('it has been tried', async () =>
      (await eventsOf(run.id)).some((event: { type: string; to?: string }) => event.to === 'WAITING'),
    );
    await using worker = await startSdkWorker({ url: nats.url, id: 'w2', subject: 'job.later' });
    await until('the job is done', () => worker.jobs.length === 1);
    await until('the run has ended', async () => {
      const { data } = await server.query('query ($id: ID!) { run(id: $id) { state } }', { id: run.id }, token);
      return data.run.state === 'SUCCEEDED';
    });
  });

  it('wait as rows of the database when there are more than workers have room for, and go by priority', async () => {
    const held = new Map<string, (answer: Answer) => void>();
    const order: string[] = [];
    await using worker = await startSdkWorker({
      url: nats.url,
      id: 'w3',
      subject: 'job.many',
      handle: (job) => {
        order.push(String(job.priority));
        return new Promise((resolve) => held.set(job.job_id, resolve));
      },
    });
    const ids: string[] = [];
    for (let i = 0; i < 200; i++) {
      const priority = i === 199 ? 'CRITICAL' : 'BATCH';
      ids.push((await submit({ topic: 'job.many', context: { i }, priority })).id);
    }
    await until('the worker is full', () => worker.jobs.length === 64);
    await until('no run is in memory', async () => {
      return /^signalbox_runs_active 0$/m.test(await (await server.fetch('/metrics', { token })).text());
    });
    const metrics = await (await server.fetch('/metrics', { token })).text();
    expect(metrics).toContain('signalbox_jobs_parked{topic="job.many"} 136\n');
    const finish = () => {
      for (const [jobId, answer] of held) {
        held.delete(jobId);
        answer({ status: 'JOB_STATUS_SUCCEEDED' });
      }
    };
    const timer = setInterval(finish, 20);
    await until('all have ended', async () => {
      const { data } = await server.query(
        '{ runs(filter: { kind: [JOB], state: [SUCCEEDED] }) { totalCount } }',
        {},
        token,
      );
      return data.runs.totalCount >= 200;
    }).finally(() => clearInterval(timer));
    expect(new Set(worker.jobs.map((job) => job.job_id)).size).toBe(200);
    expect(worker.jobs).toHaveLength(200);
    // The critical one was submitted last.
    expect(order.indexOf('JOB_PRIORITY_CRITICAL')).toBeLessThan(64 + 64);
  });

  it('carry the limits of the rule that allows them, which also end them here', async () => {
    const rules = join(await mkdtemp(join(tmpdir(), 'signalbox-policy-')), 'policy.csv');
    const limits = 'max_runtime_ms=700 max_retries=2 redaction_level=strict';
    await writeFile(rules, `g, admin\np, admin, *, **, *, allow\np, admin, job:limited, **, *, allow, ${limits}\n`);
    const env = { NATS_URL: nats.url, CAP_UNSIGNED: 'true', POLICY_FILE: rules };
    await using limited = await startServer({ env });
    await using worker = await startSdkWorker({
      url: nats.url,
      id: 'w4',
      subject: 'job.limited',
      handle: () => undefined,
    });
    const input = { topic: 'job.limited', env: { CORDUM_MAX_RETRIES: '9', A: 'b' }, waitMs: 60_000 };
    const run = (await limited.query(SUBMIT, { input }, token)).data.submitJob;
    expect(run).toMatchObject({ state: 'TIMEOUT' });
    const { env: given, budget } = worker.jobs[0] as unknown as {
      env: Record<string, string>;
      budget: { deadline_ms: string };
    };
    expect(given).toMatchObject({ A: 'b', CORDUM_MAX_RETRIES: '2', CORDUM_REDACTION_LEVEL: 'strict' });
    expect(JSON.parse(given.CORDUM_POLICY_CONSTRAINTS ?? '')).toEqual({
      budgets: { maxRuntimeMs: '700', maxRetries: 2 },
      redactionLevel: 'strict',
    });
    expect(budget.deadline_ms).toBe('700');
  });

  it('point to what their caller may read, and to the context that a client stored for its own job', async () => {
    const rules = join(await mkdtemp(join(tmpdir(), 'signalbox-policy-')), 'policy.csv');
    const may = ['job:pointed', 'mutation:submitJob', 'query:*', 'workflow:*'];
    await writeFile(rules, ['g, analyst', ...may.map((action) => `p, analyst, ${action}, **, *, allow`)].join('\n'));
    // Results belong to one deployment.
    await using bus = await startNatsServer();
    const env = { NATS_URL: bus.url, CAP_UNSIGNED: 'true', POLICY_FILE: rules };
    await using strict = await startServer({ env });
    const analyst = jobRuns(() => strict, await tokenFor('dev:alice', { roles: ['analyst'] }));
    await using worker = await startSdkWorker({ url: bus.url, id: 'w5', subject: 'job.pointed' });
    const topic = 'job.pointed';
    const refused = { code: 'FORBIDDEN' };
    expect(await analyst.submit({ topic, contextPtr: 'redis://ctx:of-another' })).toMatchObject(refused);
    expect(await analyst.submit({ topic, contextPtr: 'redis://ctx:b', jobId: 'a' })).toMatchObject(refused);
    const own = { topic, contextPtr: 'redis://ctx:mine', jobId: 'mine', waitMs: 60_000 };
    expect(await analyst.submit(own)).toMatchObject({ state: 'SUCCEEDED' });
    expect(worker.jobs.map((job) => [job.job_id, job.context_ptr])).toEqual([['mine', 'redis://ctx:mine']]);
    const input = { topic, job_id: 'of-another', context_ptr: 'redis://ctx:of-another' };
    const id = await analyst.start({ name: 'pointed', steps: [{ id: 'a', kind: 'job', input }] });
    expect(await analyst.ended(id)).toMatchObject({ state: 'DENIED' });
    expect(worker.jobs).toHaveLength(1);
  });
});
