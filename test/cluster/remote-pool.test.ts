import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { type ReceivedJob, startSdkWorker } from '../support/cap/sdk-worker.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';

const POOLS = 'far: { runtime: remote }\nfarther: { runtime: remote, topic: job.other.place }\n';
const EVENTS = `query ($id: ID!) { events(filter: { runId: $id }) { events { type
  ... on LogLine { level text } ... on StepProgress { percent memo } ... on AgentMessage { text } } } }`;

describe.skipIf(!hasNats)('a worker in another language that takes the steps of a remote pool', () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let nats: NatsServer;
  let server: Server;
  let users: TestUsers;
  beforeAll(async () => {
    folder = await createTempFolder();
    await writeFile(join(folder.path, 'pools.yaml'), POOLS);
    nats = await startNatsServer();
    server = await startServer({
      env: { NATS_URL: nats.url, CAP_UNSIGNED: 'true', POOLS_FILE: join(folder.path, 'pools.yaml') },
    });
    users = await createTestUsers(server);
  });
  afterAll(async () => {
    await server?.stop();
    await nats?.remove();
    await folder?.[Symbol.asyncDispose]();
  });
  const step = (more: object) => ({
    ...{ id: 'count', kind: 'transform', pool: 'far', input: { data: [1, 2], expression: '$sum($)' } },
    ...more,
  });
  const run = (steps: readonly object[], who: 'admin' | 'alice' | 'bob' = 'admin') =>
    users.start({ document: { name: 'test', steps } }, {}, who);
  const contextOf = async ({ context_ptr: pointer = '' }: ReceivedJob) => {
    const [, digest = ''] = /([0-9a-f]{64})$/.exec(pointer) ?? [];
    const path = join(server.dataDir, 'artifacts', digest.slice(0, 2), digest.slice(2, 4), digest);
    return JSON.parse(await readFile(path, 'utf8'));
  };
  /** A pointer that needs no store. */
  const resultPtr = (result: object) =>
    `data:application/json;base64,${Buffer.from(JSON.stringify(result)).toString('base64')}`;

  it('gets the step as a WorkItem, and its WorkResult is the output of the step', async () => {
    await using worker = await startSdkWorker({
      ...{ url: nats.url, id: 'w1', subject: 'job.pool.far' },
      handle: () => ({
        status: 'JOB_STATUS_SUCCEEDED',
        result_ptr: resultPtr({ status: 'succeeded', output: { sum: 3 } }),
      }),
    });
    const done = await run([step({ timeout_ms: 60_000 })]);
    expect(done.error).toBeNull();
    expect(done.steps[0].output).toEqual({ sum: 3 });
    expect(await contextOf(worker.jobs[0] as ReceivedJob)).toMatchObject({
      ...{ run_id: done.id, step: 'count', kind: 'transform', attempt: 1, timeout_ms: 60_000 },
      input: { data: [1, 2], expression: '$sum($)' },
      actor: { tenant: 'default', roles: ['admin'] },
      content: [],
    });
  });

  it('reports an error, which is that of the step', async () => {
    const error = { code: 'THROTTLED', message: 'Later.', retryable: true };
    await using _ = await startSdkWorker({
      ...{ url: nats.url, id: 'w2', subject: 'job.other.place' },
      handle: () => ({ status: 'JOB_STATUS_FAILED', result_ptr: resultPtr({ status: 'failed', error }) }),
    });
    const failed = await run([step({ pool: 'farther' })]);
    expect(failed.error).toMatchObject({ code: 'THROTTLED', message: 'Later.', step: 'count' });
  });

  it('reports events, of which each is recorded once, and those that were lost with the result', async () => {
    const events = [
      { type: 'LOG', payload: { level: 'INFO', text: 'one' } },
      { type: 'STEP_PROGRESS', payload: { percent: 50, memo: 'half' } },
      { type: 'LOG', payload: { level: 'WARN', text: 'two' } },
      { type: 'AGENT_MESSAGE', payload: { role: 'user', text: 'three' } },
    ];
    const result = { status: 'succeeded', output: 1, events };
    await using worker = await startSdkWorker({
      ...{ url: nats.url, id: 'w3', subject: 'job.pool.far' },
      async handle({ job_id }) {
        const report = (from: number, to: number) => {
          const message = JSON.stringify({ from, events: events.slice(from, to) });
          worker.send('sys.job.progress', { job_progress: { job_id, message } });
        };
        report(0, 1);
        report(0, 2);
        report(3, 4);
        return { status: 'JOB_STATUS_SUCCEEDED', result_ptr: resultPtr(result) };
      },
    });
    const done = await run([step({})]);
    const { events: all } = (await users.ask(EVENTS, { id: done.id }, 'admin')).events;
    const reported = all.filter(
      // The server may have noted that the worker has the job, when its first report came.
      ({ type, percent }: { type: string; percent: unknown }) =>
        /LOG|MESSAGE/.test(type) || (type === 'STEP_PROGRESS' && percent !== null),
    );
    expect(reported).toMatchObject([
      { text: 'one' },
      { percent: 50, memo: 'half' },
      { text: 'two' },
      { text: 'three' },
    ]);
  });

  it('may not report what is not an event of a step', async () => {
    const events = [{ type: 'RUN_STATE_CHANGED', payload: { from: 'RUNNING', to: 'FAILED' } }];
    await using _ = await startSdkWorker({
      ...{ url: nats.url, id: 'w4', subject: 'job.pool.far' },
      handle: () => ({ status: 'JOB_STATUS_SUCCEEDED', result_ptr: resultPtr({ status: 'succeeded', events }) }),
    });
    const failed = await run([step({})]);
    expect(failed.error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('w4 is not valid') });
  });

  it('gets only what the policy allows: the step, and its topic', async () => {
    const refused = await run([step({})], 'bob');
    expect(refused.error).toMatchObject({ code: 'FORBIDDEN', step: 'count' });
  });
});
