import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { startSdkWorker } from '../support/cap/sdk-worker.ts';
import { hasRedis, type RedisServer, startRedisServer } from '../support/resources/redis-server.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const SUBMIT = `mutation ($input: SubmitJobInput!) { submitJob(input: $input) {
  ... on Run { id state output error { code message } steps { state error { code } } }
  ... on Refusal { code message } } }`;
const FETCH = `mutation ($input: FetchInput!) { fetch(input: $input) {
  ... on CommandOutcome { run { state error { code } } resource { text mediaType } } ... on Refusal { code message } } }`;

describe.skipIf(!hasNats || !hasRedis)('jobs with Redis', () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let nats: NatsServer;
  let store: RedisServer;
  let server: Server;
  let redis: Redis;
  beforeAll(async () => {
    folder = await createTempFolder();
    const rules = await readFile('policy/policy.csv', 'utf8');
    await writeFile(join(folder.path, 'policy.csv'), `${rules}\np, analyst, job:*, **, *, allow\n`);
    [nats, store] = await Promise.all([startNatsServer(), startRedisServer()]);
    server = await startServer({
      env: {
        ...{ NATS_URL: nats.url, REDIS_URL: store.url, CAP_UNSIGNED: 'true' },
        POLICY_FILE: join(folder.path, 'policy.csv'),
      },
    });
    redis = new Redis(store.url);
    redis.on('error', () => {});
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
    await store?.kill();
    await nats?.remove();
    await folder?.[Symbol.asyncDispose]();
  });

  const submit = async (input: object, role = 'admin') => {
    const token = await tokenFor(`the ${role}`, { roles: [role] });
    return (await server.query(SUBMIT, { input: { waitMs: 60_000, ...input } }, token)).data.submitJob;
  };
  const answerWith = (pointers: object) => ({ status: 'JOB_STATUS_SUCCEEDED', ...pointers });

  it('give a worker its context, and keep its result, through keys of the protocol', async () => {
    await using worker = await startSdkWorker({
      ...{ url: nats.url, id: 'w', subject: 'job.double' },
      async handle({ job_id: id, context_ptr: pointer = '' }) {
        const { n } = JSON.parse((await redis.get(pointer.replace('redis://', ''))) ?? '');
        await redis.set(`res:${id}`, JSON.stringify({ twice: n * 2 }));
        return answerWith({ result_ptr: `redis://res:${id}` });
      },
    });
    const run = await submit({ topic: 'job.double', context: { n: 21 } }, 'analyst');
    expect(run).toMatchObject({ state: 'SUCCEEDED', output: { twice: 42 } });
    const { job_id: id, context_ptr: pointer } = worker.jobs[0] ?? {};
    expect(pointer).toBe(`redis://ctx:${id}`);
    expect(await redis.ttl(`ctx:${id}`)).toBeGreaterThan(0);
    const ttl = await redis.ttl(`res:${id}`);
    expect([ttl > 0, ttl <= 3_600]).toEqual([true, true]);
    // The result was copied.
    await redis.del(`res:${id}`);
    const { data } = await server.query(
      'query ($id: ID!) { run(id: $id) { output } }',
      { id: run.id },
      await tokenFor('x', { roles: ['admin'] }),
    );
    expect(data.run.output).toEqual({ twice: 42 });
  });

  it('do not let a worker choose what else this server reads for its caller', async () => {
    await redis.set('session:1', '"secret"');
    await redis.set('res:another', '"secret"');
    for (const key of ['session:1', 'res:another']) {
      const topic = `job.${key.replace(':', '-')}`;
      const handle = () => answerWith({ result_ptr: `redis://${key}` });
      await using _ = await startSdkWorker({ url: nats.url, id: 'w', subject: topic, handle });
      expect(await submit({ topic }, 'analyst')).toMatchObject({ state: 'DENIED', error: { code: 'FORBIDDEN' } });
      expect(await submit({ topic }, 'admin')).toMatchObject({ state: 'SUCCEEDED', output: 'secret' });
      expect(await redis.ttl(key)).toBe(-1);
    }
  });

  it('are read by commands under the policy, and by nobody but admin as it is shipped', async () => {
    await redis.set('ctx:mine', '{"a":1}');
    const fetch = async (role: string) => {
      const token = await tokenFor(role, { roles: [role] });
      return (await server.query(FETCH, { input: { source: { uri: 'redis://ctx:mine' } } }, token)).data.fetch;
    };
    expect(await fetch('admin')).toMatchObject({ resource: { text: '{"a":1}', mediaType: 'application/json' } });
    for (const role of ['analyst', 'user']) expect(await fetch(role)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('fail while Redis is gone, and the health says so; the server runs on, and reconnects', async () => {
    const health = async () => (await server.fetch('/health')).json() as Promise<{ status: string; checks: object[] }>;
    expect(await health()).toMatchObject({
      status: 'OK',
      checks: expect.arrayContaining([{ name: 'redis', status: 'OK' }]),
    });
    await store.kill();
    const degraded = await until('the health says so', async () => {
      const { status, checks } = await health();
      return status === 'DEGRADED' && checks;
    });
    expect(degraded).toContainEqual({ name: 'redis', status: 'DEGRADED', detail: expect.stringContaining('Redis') });
    await using worker = await startSdkWorker({ url: nats.url, id: 'w', subject: 'job.gone' });
    const failed = await submit({ topic: 'job.gone', context: { n: 1 } });
    expect(failed).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
    expect(worker.jobs).toEqual([]);
    await store.start();
    await until('the health is well again', async () => (await health()).status === 'OK');
    expect(await submit({ topic: 'job.gone', context: { n: 1 } })).toMatchObject({ state: 'SUCCEEDED' });
  });
});
