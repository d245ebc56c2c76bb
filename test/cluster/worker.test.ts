import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../clients/sdk/src/index.ts';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { jobRuns } from '../support/cap/job-runs.ts';
import { decodeLegacy, newKeyPair } from '../support/cap/legacy-codec.ts';
import { startSdkClient } from '../support/cap/sdk-client.ts';
import { startSdkWorker } from '../support/cap/sdk-worker.ts';
import { startWorkerProcess } from '../support/cap/worker-process.ts';
import { hasRedis, startRedisServer } from '../support/resources/redis-server.ts';
import { processesWith } from '../support/runtime/processes.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const POOLS = 'one: { runtime: remote }\ntwo: { runtime: remote, topic: job.two }\n';
const WATCH = 'subscription ($id: ID!) { runEvents(runId: $id) { events { type step ... on LogLine { text } } } }';

describe.skipIf(!hasNats)('signalbox worker', () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let nats: NatsServer;
  let server: Server;
  let token: string;
  let runs: ReturnType<typeof jobRuns>;
  let pools: string;
  beforeAll(async () => {
    folder = await createTempFolder();
    pools = join(folder.path, 'pools.yaml');
    await writeFile(pools, POOLS);
    nats = await startNatsServer();
    server = await startServer({ env: { NATS_URL: nats.url, CAP_UNSIGNED: 'true', POOLS_FILE: pools } });
    token = await tokenFor('dev:admin', { roles: ['admin'] });
    runs = jobRuns(() => server, token);
  });
  afterAll(async () => {
    await server?.stop();
    await nats?.remove();
    await folder?.[Symbol.asyncDispose]();
  });
  const worker = (id: string, names: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    startWorkerProcess({ nats, server, id, pools: names, env: { POOLS_FILE: pools, ...env } });
  /** A step that runs a shell on a worker. */
  const shell = (id: string, pool: string, command_template: string, more = {}) => ({
    ...{ id, kind: 'agent', pool, timeout_ms: 600_000, ...more },
    agent: { role: 'Worker', goal: 'Work.', backend: 'bash_cli', backend_config: { command_template } },
  });
  /** A program that runs for longer than a test, and is found by its arguments. */
  const endless = () => {
    const marker = `600.${BigInt(`0x${randomUUID().slice(0, 8)}`)}`;
    return {
      command: `echo began >&2; sleep ${marker}`,
      isRunning: () => processesWith(`sleep\0${marker}`).length > 0,
    };
  };
  const workerOf = async (id: string, step: string) =>
    (await runs.run(id)).steps.find(({ key }: { key: string }) => key === step)?.worker;

  const labelsOf = async (id: string) =>
    (await server.query('query ($id: ID!) { worker(id: $id) { labels } }', { id }, token)).data.worker?.labels;

  it('shows what it does while it does it, and stops at once when the run is cancelled', async () => {
    await using _ = await worker('live-1', ['one']);
    await using __ = await worker('live-2', ['two']);
    await using sdk = await startSdkWorker({
      url: nats.url,
      id: 'live-3',
      subject: 'job.public',
      handle: () => undefined,
    });
    const [first, second] = [endless(), endless()];
    const id = await runs.start({
      name: 'live',
      steps: [
        shell('a', 'one', first.command),
        shell('b', 'two', second.command),
        { id: 'c', kind: 'job', input: { topic: 'job.public' } },
      ],
    });
    const client = createClient({ url: server.url, token });
    const seen: { type: string; step: string | null; text?: string }[] = [];
    const watching = (async () => {
      const stream = client.subscribe({ toString: () => WATCH } as never, { id } as never);
      for await (const batch of stream)
        seen.push(...(batch as { runEvents: { events: typeof seen } }).runEvents.events);
    })();
    const hasBegun = (step: string) => seen.some((event) => event.step === step && event.text === 'began');
    await until('both shells are seen to work', () => hasBegun('a') && hasBegun('b'));
    await until('the public worker has its job', () => sdk.jobs.length === 1);
    expect([first.isRunning(), second.isRunning()]).toEqual([true, true]);
    await runs.cancel(id);
    await until('the programs have ended', () => !first.isRunning() && !second.isRunning());
    await until('the public worker was told', () => sdk.cancelled.includes(sdk.jobs[0]?.job_id ?? ''));
    expect(await runs.ended(id)).toMatchObject({ state: 'CANCELLED' });
    client.close();
    await watching.catch(() => {});
  });

  it('that is killed is lost after three heartbeats, and another one makes the next attempt', async () => {
    await using first = await worker('killed-1', ['one']);
    const began = endless();
    const id = await runs.start({
      name: 'killed',
      steps: [shell('a', 'one', began.command, { retry: { max_attempts: 2, backoff_ms: 1 } })],
    });
    await until('the worker has the job', () => began.isRunning());
    expect(await workerOf(id, 'a')).toBe('killed-1');
    await first.stop('SIGKILL');
    await using _ = await worker('killed-2', ['one']);
    await until('the other worker has it', async () => (await workerOf(id, 'a')) === 'killed-2');
    const ends = (await runs.events(id)).filter(({ type }) => type === 'JOB_ENDED');
    expect(ends).toMatchObject([{ worker: 'killed-1', status: 'FAILED_RETRYABLE' }]);
    expect((await runs.run(id)).steps[0]).toMatchObject({ attempt: 2 });
    await runs.cancel(id);
    await runs.ended(id);
  });

  it('gets the steps whose labels say its region, label or id, and no others', async () => {
    await using _ = await worker('east', ['one'], { WORKER_REGION: 'eu', WORKER_LABELS: 'zone=a' });
    await using __ = await worker('west', ['one'], { WORKER_REGION: 'us', WORKER_LABELS: 'zone=7' });
    const placed = (id: string, labels: object) => shell(id, 'one', 'echo here', { labels });
    const id = await runs.start({
      name: 'placed',
      steps: [
        ...['a1', 'a2', 'a3'].map((step) => placed(step, { 'placement.region': 'us', team: 'x' })),
        ...['b1', 'b2', 'b3'].map((step) => placed(step, { 'placement.zone': 'a' })),
        placed('c', { 'placement.zone': 7 }),
        // Alone, because it would go elsewhere if there were no room.
        { ...placed('d', { preferred_worker_id: 'east' }), depends_on: ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c'] },
      ],
    });
    const { state, steps } = await runs.ended(id);
    expect(state).toBe('SUCCEEDED');
    expect(steps.map(({ worker: by }: { worker: string }) => by)).toEqual([
      ...['west', 'west', 'west', 'east', 'east', 'east', 'west', 'east'],
    ]);
  });

  it('finishes what it does after SIGTERM, and takes nothing more', async () => {
    await using leaving = await worker('leaving', ['one'], { DRAIN_MS: '100000' });
    const gate = `echo began >&2; until [ -e go ]; do sleep 0.1; done; echo done`;
    const id = await runs.start({ name: 'drain', steps: [shell('a', 'one', gate)] });
    await until('it works', async () => (await workerOf(id, 'a')) === 'leaving');
    await until('the shell has begun', async () => (await runs.run(id)).steps[0].state === 'RUNNING');
    const stopped = leaving.stop();
    await until('it says so', async () => (await labelsOf('leaving'))?.['signalbox.draining'] === 'true');
    await using _ = await worker('staying', ['one']);
    const next = await runs.start({ name: 'next', steps: [shell('a', 'one', 'echo next')] });
    expect(await runs.ended(next)).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'staying' }] });
    await writeFile(join(server.dataDir, 'remote/workers/leaving/workspaces', id, 'go'), '');
    expect(await stopped).toBe(0);
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'leaving', attempt: 1 }] });
  });

  it('gives back what it cannot finish after SIGTERM, for another one', async () => {
    await using leaving = await worker('returning', ['one'], { DRAIN_MS: '0' });
    const program = endless();
    const steps = [shell('a', 'one', program.command, { retry: { max_attempts: 2, backoff_ms: 1 } })];
    const id = await runs.start({ name: 'return', steps });
    await until('it works', () => program.isRunning());
    expect(await leaving.stop()).toBe(0);
    await until('its program is gone', () => !program.isRunning());
    const returned = (await runs.events(id)).filter(({ type }) => type === 'JOB_ENDED');
    for (const { status } of returned) expect(status).toBe('FAILED_RETRYABLE');
    await using _ = await worker('taking', ['one']);
    await until('the other one has it', async () => (await workerOf(id, 'a')) === 'taking');
    await runs.cancel(id);
    await runs.ended(id);
  });

  it('loses what it did when it is killed, although it is started again at once under the same id', async () => {
    const program = endless();
    const killed = await worker('again', ['one']);
    const steps = [shell('a', 'one', program.command, { retry: { max_attempts: 2, backoff_ms: 1 } })];
    const id = await runs.start({ name: 'again', steps });
    await until('it works', () => program.isRunning());
    await until('that is recorded', async () => (await workerOf(id, 'a')) === 'again');
    await killed.stop('SIGKILL');
    await using _ = await worker('again', ['one']);
    await until('it has the next attempt', async () => {
      const { steps: now } = await runs.run(id);
      return now[0].attempt === 2 && now[0].state === 'RUNNING';
    });
    expect((await runs.events(id)).filter(({ type }) => type === 'JOB_ENDED')).toMatchObject([
      { status: 'FAILED_RETRYABLE', worker: 'again', reason: expect.stringContaining('started again') },
    ]);
    await runs.cancel(id);
    await runs.ended(id);
  });

  it('does a job once, however often it is sent, and only for its server', async () => {
    await using _ = await worker('once', ['one']);
    const tap = await connect({ servers: nats.url });
    const sent: Uint8Array[] = [];
    const results: string[] = [];
    for (const subject of ['worker.once.jobs', 'job.pool.one']) {
      tap.subscribe(subject, { callback: (_error, { data }) => void sent.push(data) });
    }
    tap.subscribe('sys.job.result', {
      callback: (_error, { data }) => {
        const { job_result } = decodeLegacy(data) as {
          job_result: { job_id: string; status: string; error_code?: string };
        };
        results.push(`${job_result.job_id} ${job_result.status} ${job_result.error_code ?? ''}`);
      },
    });
    await tap.flush();
    const id = await runs.start({ name: 'once', steps: [shell('a', 'one', 'echo line >> lines; cat lines')] });
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'once' }] });
    const [packet] = sent;
    const job = decodeLegacy(packet as Uint8Array).job_request as { job_id: string };
    tap.publish('worker.once.jobs', packet);
    const succeeded = `${job.job_id} JOB_STATUS_SUCCEEDED `;
    await until('its result is there again', () => results.filter((one) => one === succeeded).length === 2);

    await using mallory = await startSdkClient({ url: nats.url, id: 'mallory' });
    const forged = { job_request: { ...job, job_id: 'forged' } };
    await mallory.send('worker.once.jobs', mallory.pack(forged));
    await mallory.send('sys.job.cancel', mallory.pack({ job_cancel: { job_id: job.job_id } }));
    const elsewhere = { job_request: { ...job, job_id: 'elsewhere', topic: 'job.two' } };
    await mallory.send('worker.once.jobs', mallory.pack(elsewhere, { sender_id: 'signalbox' }));
    await until('a job of another topic is refused', () =>
      results.includes('elsewhere JOB_STATUS_FAILED JOB_NOT_FOUND'),
    );
    expect(results.some((one) => one.startsWith('forged'))).toBe(false);
    await tap.close();
  });

  it('reports what ended while NATS was away', async () => {
    await using patient = await worker('patient', ['one']);
    const steps = [shell('a', 'one', 'echo began >&2; until [ -e go ]; do sleep 0.1; done; echo done')];
    const id = await runs.start({ name: 'away', steps });
    await until('it works', async () => (await runs.run(id)).steps[0].state === 'RUNNING');
    const workspace = join(server.dataDir, 'remote/workers/patient/workspaces', id);
    await nats.kill();
    await until('the job has ended', async () => {
      await writeFile(join(workspace, 'go'), '').catch(() => {});
      return patient.logged('worker.result_delayed').length > 0;
    });
    await nats.start();
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'patient', attempt: 1 }] });
  });

  it('needs NATS and what jobs work on, and says so', async () => {
    const started = worker('nothing', ['one'], { ARTIFACTS_DIR: '' });
    await expect(started).rejects.toThrow(/ended with 1.*ARTIFACTS_URL/s);
  });
});

describe.skipIf(!hasNats || !hasRedis)('signalbox worker with keys and Redis', () => {
  it('does signed jobs of its server, and signs what it sends', async () => {
    await using folder = await createTempFolder();
    await using nats = await startNatsServer();
    await using redis = await startRedisServer();
    const [ofServer, ofWorker] = [newKeyPair(), newKeyPair()];
    const write = async (name: string, content: string) => {
      await writeFile(join(folder.path, name), content, { mode: 0o600 });
      return join(folder.path, name);
    };
    const pem = ({ publicKey }: typeof ofServer) => JSON.stringify(publicKey.export({ format: 'pem', type: 'spki' }));
    const key = ({ privateKey }: typeof ofServer) => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const pools = await write('pools.yaml', POOLS);
    const shared = { POOLS_FILE: pools, REDIS_URL: redis.url };
    await using server = await startServer({
      env: {
        ...{ ...shared, NATS_URL: nats.url, CAP_KEY: key(ofServer) },
        CAP_PEERS: await write('peers-of-server.yaml', `signed: { public_key: ${pem(ofWorker)}, workers: true }`),
      },
    });
    const runs = jobRuns(() => server, await tokenFor('dev:admin', { roles: ['admin'] }));
    await using worker = await startWorkerProcess({
      ...{ nats, server, id: 'signed', pools: ['one'] },
      env: {
        ...{ ...shared, CAP_UNSIGNED: undefined, ARTIFACTS_DIR: undefined, CAP_KEY: key(ofWorker) },
        CAP_PEERS: await write('peers-of-worker.yaml', `signalbox: { public_key: ${pem(ofServer)} }`),
      },
    });
    const sum = (expression: string) => ({
      id: 'a',
      kind: 'transform',
      pool: 'one',
      input: { data: null, expression },
    });
    const id = await runs.start({ name: 'signed', steps: [sum('1 + 1')] });
    expect(await runs.ended(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'signed', output: 2 }] });

    const large = await runs.start({ name: 'large', steps: [sum('[1..30000].($string($))')] });
    const message = expect.stringContaining('ARTIFACTS_URL');
    expect(await runs.ended(large)).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT', message } });

    await using mallory = await startSdkClient({ url: nats.url, id: 'signalbox', key: newKeyPair().privateKey });
    const forged = { job_request: { job_id: 'forged', topic: 'job.pool.one', context_ptr: 'redis://ctx:x' } };
    await mallory.send('worker.signed.jobs', mallory.pack(forged));
    await until('it is refused', () => worker.logged('worker.packet_refused').length > 0);
    expect(mallory.resultsOf('forged')).toEqual([]);
  });
});
