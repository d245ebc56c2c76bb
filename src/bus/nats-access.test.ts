import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats, type NatsServer, startNatsServer } from '../../test/support/bus/nats-server.ts';
import { silentLogger } from '../../test/support/store/sqlite-harness.ts';
import { until } from '../../test/support/until.ts';
import { nodeResultsSubject } from '../cap/subjects.ts';
import { createSecret } from '../config/secrets.ts';
import type { Bus } from './bus.ts';
import { inspectNats } from './inspect-nats.ts';
import { openBus } from './open-bus.ts';

const SAMPLE = resolve(import.meta.dirname, '../../deploy/nats.conf');
const PASSWORDS = {
  ...{ SIGNALBOX_PASSWORD: 'of-signalbox', CLIENT_PASSWORD: 'of-client' },
  ...{ BUILDS_PASSWORD: 'of-builds', BUILDS_2_PASSWORD: 'of-builds-2' },
};
const bytes = new Uint8Array([1]);

describe.runIf(hasNats)('the sample configuration of NATS', () => {
  let server: NatsServer;
  let bus: Bus;
  let other: Bus;
  let worker: NatsConnection;
  let client: NatsConnection;
  beforeAll(async () => {
    // The test has its own port and folder.
    const sample = (await readFile(SAMPLE, 'utf8')).replace(/^(?:listen|jetstream).*$/gm, '');
    server = await startNatsServer({ config: sample, env: PASSWORDS });
    const password = createSecret(Buffer.from('of-signalbox'));
    const login = { kind: 'password', user: 'signalbox', password } as const;
    const settings = { servers: [new URL(server.url).host], login };
    [bus, other] = [await openBus(settings, silentLogger), await openBus(settings, silentLogger)];
    worker = await connect({ servers: server.url, user: 'builds-1', pass: 'of-builds' });
    client = await connect({ servers: server.url, user: 'client', pass: 'of-client' });
  });
  afterAll(async () => {
    await Promise.all([bus.close(), other.close(), worker.close(), client.close()]);
    await server.remove();
  });

  /** What the server answers to a subscription: undefined if it is allowed. */
  const refusalOf = async (connection: NatsConnection, subject: string) => {
    let refusal: string | undefined;
    connection.subscribe(subject, {
      callback: (error) => {
        if (error) refusal ??= error.message;
      },
    });
    await connection.flush();
    return refusal;
  };

  it('lets Signalbox exchange jobs with a worker', async () => {
    const jobs: string[] = [];
    worker.subscribe('job.builds', { queue: 'job.builds', callback: (_, message) => void jobs.push(message.subject) });
    await worker.flush();
    expect(await bus.deliver('job.builds', bytes)).toBe(true);
    await until('the worker has its job', () => jobs.length === 1);
    const taken: Uint8Array[] = [];
    const stop = await bus.consume('sys.job.result', async (result) => void taken.push(result));
    worker.publish('sys.job.result', bytes);
    await until('its result is taken', () => taken.length === 1);
    await stop();
  });

  it('lets a node pass a result on to another one, which answers, and nobody else hear it', async () => {
    const subject = nodeResultsSubject('node_1');
    const end = await other.subscribe(subject, ({ bytes: asked, answer }) => answer?.(asked));
    expect([...((await bus.ask(subject, bytes, 60_000)) ?? [])]).toEqual([...bytes]);
    await end();
    for (const connection of [worker, client]) expect(await refusalOf(connection, subject)).toMatch(/permissions/i);
  });

  it('is all that Signalbox needs, and a server that lacks a part of it is reported', async () => {
    const password = createSecret(Buffer.from('of-signalbox'));
    const inspect = async ({ url }: NatsServer) =>
      inspectNats({ servers: [new URL(url).host], login: { kind: 'password', user: 'signalbox', password } });
    expect((await inspect(server)).denied).toEqual([]);
    const sample = (await readFile(SAMPLE, 'utf8')).replace(/^(?:listen|jetstream).*$/gm, '');
    const silent = sample.replace(/^ +allow_responses.*$/m, '');
    await using one = await startNatsServer({ config: silent, env: PASSWORDS });
    expect((await inspect(one)).denied).toEqual(['answer other nodes (allow_responses)']);
    const alone = sample.replaceAll('"signalbox.node.*.results", ', '');
    await using another = await startNatsServer({ config: alone, env: PASSWORDS });
    expect((await inspect(another)).denied.toSorted()).toEqual([
      'publish signalbox.node.signalbox-doctor.results',
      'subscribe signalbox.node.signalbox-doctor.results',
    ]);
    // A node there does not wait for an answer, but uses the database.
    const login = { kind: 'password', user: 'signalbox', password } as const;
    const refused = await openBus({ servers: [new URL(another.url).host], login }, silentLogger);
    const asking = refused.ask(nodeResultsSubject('node_1'), bytes, 60_000);
    await expect(asking).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await refused.close();
  });

  it('lets a worker of Signalbox wait until its result is kept, and see no answers to others', async () => {
    const login = { kind: 'password', user: 'builds-1', password: createSecret(Buffer.from('of-builds')) } as const;
    const own = await openBus({ servers: [new URL(server.url).host], login }, silentLogger, 'builds-1');
    const taken: Uint8Array[] = [];
    const stop = await bus.consume('sys.job.result', async (result) => void taken.push(result));
    await own.publish('sys.job.result', bytes);
    await until('its result is taken', () => taken.length === 1);
    await stop();
    await own.close();
    expect(await refusalOf(worker, '_INBOX.>')).toMatch(/permissions violation/i);
  });

  it('lets a client submit a job', async () => {
    const taken: Uint8Array[] = [];
    const stop = await bus.consume('sys.job.submit', async (job) => void taken.push(job));
    client.publish('sys.job.submit', bytes);
    await until('it is taken', () => taken.length === 1);
    await stop();
  });

  it.each(['sys.job.result', 'sys.job.submit', 'job.deploys', 'job.>', 'worker.builds-2.jobs', 'worker.*.jobs', '>'])(
    'does not let a worker read %s',
    async (subject) => {
      expect(await refusalOf(worker, subject)).toMatch(/permissions violation/i);
    },
  );

  it.each(['sys.job.result', 'sys.job.progress', 'job.builds', 'sys.>'])(
    'does not let a client read %s',
    async (subject) => {
      expect(await refusalOf(client, subject)).toMatch(/permissions violation/i);
    },
  );

  it.each([
    ['a worker submit a job', () => worker, 'sys.job.submit'],
    ['a worker give a job to another', () => worker, 'job.builds'],
    ['a client end a job', () => client, 'sys.job.result'],
    ['a client give a job to a worker', () => client, 'worker.builds-1.jobs'],
    ['a client delete the streams', () => client, '$JS.API.STREAM.DELETE.SIGNALBOX_SUBMIT'],
  ])('does not let %s', async (_, connection, subject) => {
    const heard: string[] = [];
    const end = await bus.subscribe(subject.startsWith('$') ? 'sys.job.none' : subject, ({ subject: on }) =>
      heard.push(on),
    );
    const refused = until('it is refused', async () => {
      for await (const status of connection().status()) if (status.type === 'error') return status.error.message;
      return undefined;
    });
    connection().publish(subject, bytes);
    expect(await refused).toMatch(/permissions violation/i);
    await end();
    expect(heard).toEqual([]);
  });
});
