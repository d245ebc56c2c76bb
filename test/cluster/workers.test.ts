import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { hasNats, type NatsServer, startNatsServer } from '../support/bus/nats-server.ts';
import { decodeLegacy, newKeyPair, pemOf, signAsSent } from '../support/cap/legacy-codec.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedFile } from '../support/store/migrated-database.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const SUBMIT =
  'mutation ($input: SubmitJobInput!) { submitJob(input: $input) { ... on Run { id state steps { worker attempt } } ... on Refusal { code message } } }';
const WORKER =
  'id pool region type capabilities labels topics sdkVersion activeJobs maxParallelJobs cpuLoad gpuLoad memoryLoad progress { percent memo at } lastHeartbeatAt alive drained';
const WORKERS = `query ($pool: String, $alive: Boolean, $first: Int, $after: String) { workers(pool: $pool, alive: $alive, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ${WORKER} } } }`;
const DRAIN =
  'mutation ($input: DrainWorkerInput!) { drainWorker(input: $input) { ... on DrainedWorker { id drained worker { id } } ... on Refusal { code message } } }';
const REVOKE =
  'mutation ($input: RevokeWorkerKeyInput!) { revokeWorkerKey(input: $input) { ... on WorkerRestriction { kind workerId key decidedBy } ... on Refusal { code message } } }';
const RESTRICTIONS = '{ workerRestrictions { kind workerId key decidedBy decidedAt } }';

/** Each test has its own: a second handshake of a worker means that there may be two processes. */
const IDS = ['w1', 'w2', 'lost', 'spare', 'taker', 'heir', 'drained', 'busy', 'kept', 'revoked'] as const;
type Id = (typeof IDS)[number];
/** Note of heartbeats that are not the newest. */
const EARLIER = 'earlier';
const keys = Object.fromEntries(IDS.map((id) => [id, newKeyPair()])) as Record<Id, ReturnType<typeof newKeyPair>>;

describe.skipIf(!hasNats)('workers', () => {
  let nats: NatsServer;
  let connection: NatsConnection;
  let server: Server;
  let admin: string;
  let peersFile: string;
  let env: Record<string, string>;
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  const beating = new Map<Id, NodeJS.Timeout>();

  beforeAll(async () => {
    folder = await createTempFolder();
    peersFile = join(folder.path, 'peers.yaml');
    writePeers(keys);
    nats = await startNatsServer();
    connection = await connect({ servers: nats.url });
    env = { NATS_URL: nats.url, CAP_PEERS: peersFile };
    await createMigratedFile(join(folder.path, 'signalbox.db'));
    server = await startServer({ env, dataDir: folder.path });
    admin = await tokenFor('dev:admin', { roles: ['admin'] });
  });
  afterAll(async () => {
    for (const timer of beating.values()) clearInterval(timer);
    await connection?.close();
    await server?.stop();
    await nats?.remove();
    await folder?.[Symbol.asyncDispose]();
  });

  const writePeers = (pairs: Readonly<Record<Id, ReturnType<typeof newKeyPair>>>) => {
    const entries = IDS.map((id) => [id, { public_key: pemOf(pairs[id].publicKey), workers: true }]);
    writeFileSync(peersFile, JSON.stringify(Object.fromEntries(entries)));
  };
  const send = (id: Id, subject: string, payload: object, now = Date.now()) => {
    const created_at = { seconds: Math.floor(now / 1_000), nanos: (now % 1_000) * 1_000_000 };
    const packet = { trace_id: 't', sender_id: id, created_at, protocol_version: 1, ...payload };
    connection.publish(subject, signAsSent(packet, keys[id].privateKey));
  };
  const beat = (id: Id, fields: object = {}, at?: number) =>
    send(id, 'sys.heartbeat', { heartbeat: { worker_id: id, max_parallel_jobs: 4, last_memo: 'now', ...fields } }, at);
  /** The heartbeats of half a minute: then it is certain that only one process has the id. */
  const beatRegularly = (id: Id, fields: object = {}) => {
    for (let ms = 30_000; ms > 0; ms -= 5_000) beat(id, { ...fields, last_memo: EARLIER }, Date.now() - ms);
  };
  const greet = (id: Id, topic: string) =>
    send(id, 'sys.handshake', { handshake: { component_id: id, role: 3, ready_topics: [topic], sdk_version: 'go/2' } });
  /** A worker as SDKs from 2.9 on are: it says its topic, listens at its subject, and sends heartbeats. */
  const start = (id: Id, topic: string, take: (jobId: string) => void, fields: object = {}) => {
    const callback = (_: unknown, { data }: { readonly data: Uint8Array }) => {
      take((decodeLegacy(data).job_request as { readonly job_id: string }).job_id);
    };
    const subscriptions = [
      connection.subscribe(topic, { queue: topic, callback }),
      connection.subscribe(`worker.${id}.jobs`, { callback }),
    ];
    greet(id, topic);
    beatRegularly(id, fields);
    beat(id, fields);
    beating.set(id, setInterval(beat, 5_000, id, fields));
    return () => {
      clearInterval(beating.get(id));
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  };
  const succeed = (id: Id) => (jobId: string) =>
    send(id, 'sys.job.result', { job_result: { job_id: jobId, worker_id: id, status: 5 } });
  const query = async (document: string, variables: object = {}, token = admin) => {
    const { data, errors } = await server.query(document, variables, token);
    return errors ? { errors: errors.map(({ extensions }) => extensions.code) } : data;
  };
  const workerOf = async (id: Id) => (await query(`query ($id: ID!) { worker(id: $id) { ${WORKER} } }`, { id })).worker;
  /** Its newest heartbeat has arrived. */
  const isHeard = (id: Id) =>
    until(`${id} is heard`, async () => ![undefined, EARLIER].includes((await workerOf(id))?.progress?.memo));
  /** Until the run has ended. */
  const submit = async (topic: string, more: object = {}) => {
    const run = (await query(SUBMIT, { input: { topic, waitMs: 60_000, ...more } })).submitJob;
    if (run.message) throw new Error(run.message);
    return until('the run has ended', async () => {
      const { run: now } = await query('query ($id: ID!) { run(id: $id) { state steps { worker attempt } } }', {
        id: run.id,
      });
      return ['SUCCEEDED', 'FAILED'].includes(now.state) && now;
    });
  };

  it('are listed as they describe themselves, and followed', async () => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${admin}` },
    });
    const updates = client.iterate({ query: `subscription { workerUpdated(pool: "p") { ${WORKER} } }` });
    const first = updates.next();
    const facts = { pool: 'p', region: 'eu', type: 'gpu', capabilities: ['a'], labels: { rack: '7' } };
    const load = { active_jobs: 2, cpu_load: 25, gpu_utilization: 50, memory_load: 75 };
    const stop = start('w1', 'job.listed', () => {}, { ...facts, ...load, progress_pct: 40, last_memo: 'half' });
    beat('w2', { pool: 'other' });
    await Promise.all([isHeard('w1'), isHeard('w2')]);
    const listed = {
      ...{ id: 'w1', ...facts, topics: ['job.listed'], sdkVersion: 'go/2', activeJobs: 2, maxParallelJobs: 4 },
      ...{ cpuLoad: 25, gpuLoad: 50, memoryLoad: 75, alive: true, drained: false },
      progress: { percent: 40, memo: 'half', at: expect.any(String) },
      lastHeartbeatAt: expect.any(String),
    };
    expect(await workerOf('w1')).toEqual(listed);
    expect((await query(WORKERS, { pool: 'p', alive: true })).workers).toMatchObject({
      totalCount: 1,
      nodes: [listed],
    });
    expect((await first).value).toMatchObject({ data: { workerUpdated: { ...listed, topics: expect.anything() } } });
    beat('w1', { ...facts, ...load });
    expect((await updates.next()).value).toMatchObject({ data: { workerUpdated: { id: 'w1' } } });
    await client.dispose();

    const page = (await query(WORKERS, { first: 1 })).workers;
    expect(page).toMatchObject({ nodes: [{ id: 'w1' }], pageInfo: { hasNextPage: true } });
    const rest = (await query(WORKERS, { first: 1, after: page.pageInfo.endCursor })).workers;
    expect(rest).toMatchObject({ nodes: [{ id: 'w2' }], pageInfo: { hasNextPage: false } });
    expect(await query(WORKERS, { after: 'x' })).toEqual({ errors: ['BAD_INPUT'] });
    expect(await query('{ worker(id: "nobody") { id } }')).toEqual({ worker: null });
    stop();
  });

  it('that are lost have their jobs done by another one', async () => {
    const held: string[] = [];
    const stopLost = start('lost', 'job.lost', (jobId) => void held.push(jobId));
    await isHeard('lost');
    const done = submit('job.lost', { maxAttempts: 2 });
    await until('the worker has the job', () => held.length === 1);
    stopLost();
    await until('it is lost', async () => (await workerOf('lost')).alive === false);
    const stop = start('spare', 'job.lost', succeed('spare'));
    expect(await done).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'spare', attempt: 2 }] });
    const silent = (await query(WORKERS, { alive: false })).workers.nodes;
    expect(silent).toContainEqual(expect.objectContaining({ id: 'lost' }));
    stop();
  });

  it('that are lost have the jobs done by another one that they took from their topic, if they have reported about them', async () => {
    const held: string[] = [];
    const callback = (_: unknown, { data }: { readonly data: Uint8Array }) => {
      held.push((decodeLegacy(data).job_request as { readonly job_id: string }).job_id);
    };
    // It says no topics, so that jobs are not sent to its subject.
    const subscription = connection.subscribe('job.taken', { queue: 'job.taken', callback });
    beat('taker');
    const beats = setInterval(beat, 5_000, 'taker');
    await isHeard('taker');
    const done = submit('job.taken', { maxAttempts: 2 });
    await until('the worker has the job', () => held.length === 1);
    const worker = async () => {
      const { runs } = await query('{ runs(first: 1) { nodes { steps { worker progress { percent memo } } } } }');
      return runs.nodes[0].steps[0];
    };
    expect(await worker()).toMatchObject({ worker: null });
    send('taker', 'sys.job.progress', { job_progress: { job_id: held[0], percent: 30, message: 'third' } });
    await until('it is known who has it', async () => (await worker()).worker === 'taker');
    expect(await worker()).toMatchObject({ progress: { percent: 30, memo: 'third' } });
    clearInterval(beats);
    subscription.unsubscribe();
    const stop = start('heir', 'job.taken', succeed('heir'));
    expect(await done).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'heir', attempt: 2 }] });
    stop();
  });

  it('that are drained get no new jobs, until that is taken back', async () => {
    const stops = [
      start('drained', 'job.drained', succeed('drained')),
      start('busy', 'job.drained', succeed('busy'), { cpu_load: 80 }),
    ];
    await Promise.all([isHeard('drained'), isHeard('busy')]);
    const drain = async (input: object) => (await query(DRAIN, { input })).drainWorker;
    expect(await drain({ id: 'drained' })).toEqual({ id: 'drained', drained: true, worker: { id: 'drained' } });
    expect(await drain({ id: 'unknown', drained: true })).toEqual({ id: 'unknown', drained: true, worker: null });
    const jobs = await Promise.all(Array.from({ length: 3 }, () => submit('job.drained')));
    expect(jobs.map(({ steps: [step] }) => step.worker)).toEqual(['busy', 'busy', 'busy']);
    const restriction = { kind: 'DRAINED', key: null, decidedBy: 'dev:admin', decidedAt: expect.any(String) };
    expect((await query(RESTRICTIONS)).workerRestrictions).toEqual([
      { ...restriction, workerId: 'drained' },
      { ...restriction, workerId: 'unknown' },
    ]);
    expect(await drain({ id: 'drained', drained: false })).toMatchObject({ drained: false });
    expect((await workerOf('drained')).drained).toBe(false);
    expect(await drain({ id: '' })).toMatchObject({ code: 'BAD_INPUT' });
    expect(await drain({ id: 'x'.repeat(257) })).toMatchObject({ code: 'BAD_INPUT' });
    for (const stop of stops) stop();
  });

  it('are known after a restart of the server, which did not hear them start', async () => {
    const stop = start('kept', 'job.kept', succeed('kept'));
    await isHeard('kept');
    // It is written some time later, and when the server stops.
    await server.stop();
    server = await startServer({ env, dataDir: folder.path });
    beat('kept');
    await isHeard('kept');
    expect(await workerOf('kept')).toMatchObject({ topics: ['job.kept'], sdkVersion: 'go/2' });
    expect(await submit('job.kept')).toMatchObject({ state: 'SUCCEEDED', steps: [{ worker: 'kept' }] });
    stop();
  });

  it('whose key is revoked are refused, until the file has another one', async () => {
    const stop = start('revoked', 'job.revoked', succeed('revoked'));
    await isHeard('revoked');
    const revoke = async (id: string) => (await query(REVOKE, { input: { id } })).revokeWorkerKey;
    const key = expect.stringMatching(/^[0-9a-f]{64}$/);
    const revocation = { kind: 'REVOKED', workerId: 'revoked', key, decidedBy: 'dev:admin' };
    expect(await revoke('revoked')).toEqual(revocation);
    expect(await workerOf('revoked')).toBeNull();
    await until('its heartbeats are refused', () =>
      server.logged('workers.packet_refused').some(({ reason }) => reason.includes('was revoked')),
    );
    expect(await workerOf('revoked')).toBeNull();
    expect((await query(RESTRICTIONS)).workerRestrictions).toContainEqual(expect.objectContaining(revocation));
    expect(await revoke('nobody')).toMatchObject({ code: 'NOT_FOUND' });
    stop();
    keys.revoked = newKeyPair();
    writePeers(keys);
    await until('it is heard again', async () => {
      beat('revoked');
      return workerOf('revoked');
    });
  });

  it('are seen, drained and revoked by those whom the policy permits it, in the shipped one admin only', async () => {
    const analyst = await tokenFor('dev:alice', { roles: ['analyst'] });
    const input = { id: 'w1' };
    for (const document of [WORKERS, '{ worker(id: "w1") { id } }', RESTRICTIONS]) {
      expect(await query(document, {}, analyst)).toEqual({ errors: ['FORBIDDEN'] });
      expect(await query(document, {}, '')).toEqual({ errors: ['UNAUTHENTICATED'] });
    }
    for (const document of [DRAIN, REVOKE]) {
      const answers = Object.values(await query(document, { input }, analyst));
      expect(answers).toMatchObject([{ code: 'FORBIDDEN' }]);
    }
    const explain =
      'query ($action: String!) { explainPolicy(input: { action: $action, role: "analyst" }) { effect } }';
    expect(await query(explain, { action: 'worker:drain' })).toEqual({ explainPolicy: { effect: 'DENY' } });
  });
});

it('a server without a bus has no workers, and says what is missing', async () => {
  await using server = await startServer();
  const admin = await tokenFor('dev:admin', { roles: ['admin'] });
  const listed = await server.query(
    '{ workers { totalCount } worker(id: "w") { id } workerRestrictions { kind } }',
    {},
    admin,
  );
  expect(listed.data).toEqual({ workers: { totalCount: 0 }, worker: null, workerRestrictions: [] });
  const { data } = await server.query(DRAIN, { input: { id: 'w' } }, admin);
  expect(data.drainWorker).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('NATS_URL') });
});
