import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { hasNats, startNatsServer } from '../support/bus/nats-server.ts';
import { startFakeS3 } from '../support/resources/fake-s3.ts';
import { hasRedis, startRedisServer } from '../support/resources/redis-server.ts';
import { runCli, startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const NATS_CONFIG = `authorization { users = [
  { user: all, password: secret }
  { user: some, password: secret, permissions: { publish: { deny: "job.>" }, subscribe: { deny: "sys.job.result" } } }
] }`;

const REFUSED = 'Redis refuses the credentials. Ask the operator to check the user and the password in REDIS_URL.';

/** The findings of the doctor, by name. */
async function doctor(env: Record<string, string> = {}, dataDir?: string) {
  const { code, output } = await runCli(['doctor', '-o', 'json'], { env, ...(dataDir !== undefined && { dataDir }) });
  const findings = JSON.parse(output) as readonly ({ readonly id: string } & Finding)[];
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.id, finding])) };
}

describe('signalbox doctor', () => {
  it('reports what is usable, and otherwise why not and what to do', async () => {
    const { code, findings } = await doctor();
    expect(code).toBe(0);
    expect(Object.keys(findings)).toEqual(
      expect.arrayContaining([
        'node',
        'data',
        'artifacts',
        'database',
        'policy',
        'sandbox',
        'memory of programs',
        'docker',
        'git',
        'bus',
        'pools',
      ]),
    );
    expect(findings['python (wasi)']).toMatchObject({
      usable: 'yes',
      detail: expect.stringMatching(/^Python 3\..* ms/),
    });
    expect(findings.workers).toMatchObject({
      usable: 'yes',
      detail: expect.stringMatching(/^the kernel limits their memory; \d+ ms to start one$/),
    });
    for (const { usable, advice } of Object.values(findings)) if (usable === 'no') expect(advice).toBeDefined();
  });

  it('fails if the server could not start, and says what is wrong', async () => {
    await using folder = await createTempFolder();
    const rules = join(folder.path, 'policy.csv');
    await writeFile(rules, 'g, admin\np, admin, everything, **, *, allow\n');
    const url = 'postgresql://nobody@127.0.0.1:1/none';
    const { code, findings } = await doctor({ POLICY_FILE: rules, DATABASE_URL: url });
    expect(code).toBe(1);
    expect(findings.database).toMatchObject({ usable: 'no', detail: expect.stringContaining('cannot be reached') });
    expect(findings.policy).toMatchObject({ usable: 'no', detail: expect.stringContaining('line 2') });
  });

  it('accepts a running server, and changes nothing without one', async () => {
    await using server = await startServer();
    const { code, findings } = await doctor({}, server.dataDir);
    expect(code).toBe(0);
    expect(findings.database?.detail).toContain('up to date');
    await using fresh = await createTempFolder();
    const { findings: without } = await doctor({}, join(fresh.path, 'data'));
    expect(without.database?.detail).toContain('to come');
  });

  it.runIf(hasNats)('tries a bus on NATS: its streams, and what this user may use', async () => {
    await using natsServer = await startNatsServer({ config: NATS_CONFIG });
    const { host } = new URL(natsServer.url);
    const allowed = await doctor({ NATS_URL: `nats://all:secret@${host}` });
    expect(allowed.code).toBe(0);
    expect(allowed.findings.bus?.detail).toMatch(/^NATS 2\..* without TLS$/);
    expect(allowed.findings['bus streams']?.detail).toContain('SIGNALBOX_RESULT');
    expect(allowed.findings['bus permissions']?.usable).toBe('yes');

    const denied = await doctor({ NATS_URL: `nats://some:secret@${host}` });
    expect(denied.code).toBe(1);
    expect(denied.findings['bus permissions']).toMatchObject({
      detail: 'NATS refuses: subscribe sys.job.result, publish job.signalbox-doctor',
      advice: expect.stringContaining('deploy/nats.conf'),
    });

    await using plain = await startNatsServer({ jetstream: false });
    const { findings } = await doctor({ NATS_URL: plain.url });
    expect(findings['bus streams']).toMatchObject({ usable: 'no', detail: expect.stringContaining('JetStream') });
    await plain.remove();
    const { findings: without } = await doctor({ NATS_URL: plain.url });
    expect(without.bus).toMatchObject({ usable: 'no', detail: expect.stringContaining('cannot be reached') });
  });

  it.runIf(hasNats)('reports a stream that holds a subject of the bus', async () => {
    await using natsServer = await startNatsServer();
    const connection = await connect({ servers: natsServer.url });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'EVERYTHING', subjects: ['sys.>'] });
    await connection.close();
    const { findings } = await doctor({ NATS_URL: natsServer.url });
    expect(findings['bus streams']).toMatchObject({
      usable: 'no',
      detail: expect.stringContaining('EVERYTHING holds sys.job.submit'),
    });
  });

  it('writes, reads and removes an object in the bucket of the artifacts', async () => {
    await using fake = await startFakeS3();
    const { code, findings } = await doctor({ ...fake.env, ARTIFACTS_URL: 's3://bucket/some/prefix' });
    expect(code).toBe(0);
    expect(findings.artifacts).toMatchObject({
      ...{ usable: 'yes', detail: expect.stringContaining(`s3://bucket/some/prefix/ at ${fake.url}, `) },
    });
    expect(fake.requests).toHaveLength(4);
    expect([...fake.objects.keys()]).toEqual([]);
    const wrong = await doctor({ ...fake.env, ARTIFACTS_URL: 's3://bucket', S3_SECRET_ACCESS_KEY: 'wrong' });
    expect(wrong.code).toBe(1);
    expect(wrong.findings.artifacts).toMatchObject({
      ...{ usable: 'no', detail: expect.stringContaining('refuses the secret key') },
    });
  });

  it.runIf(hasRedis)('writes, reads and removes a key in Redis', async () => {
    await using server = await startRedisServer('--requirepass', 'hunter2');
    const { host } = new URL(server.url);
    const { code, findings } = await doctor({ REDIS_URL: `redis://:hunter2@${host}` });
    expect(code).toBe(0);
    expect(findings.redis).toMatchObject({ usable: 'yes', detail: expect.stringContaining(`${host}, `) });
    const client = new Redis(`redis://:hunter2@${host}`);
    expect(await client.dbsize()).toBe(0);
    client.disconnect();
    const wrong = await doctor({ REDIS_URL: `redis://:wrong@${host}` });
    expect(wrong.code).toBe(1);
    expect(wrong.findings.redis).toMatchObject({ usable: 'no', detail: `${host}: ${REFUSED}` });
  });

  it('prints a table for people', async () => {
    const { output } = await runCli(['doctor']);
    expect(output).toMatch(/^ {2}ok {2}node +v\d+/m);
  });
});

await onPostgres((makeHarness) => {
  it('the doctor and /health also check a PostgreSQL database', async () => {
    const harness = await makeHarness();
    try {
      const { findings } = await doctor({ DATABASE_URL: harness.url });
      expect(findings.database?.detail).toMatch(/^PostgreSQL .* up to date$/);
      // Whether the server of the test has data checksums, is not known.
      expect(findings.pages?.detail).toMatch(/no data checksums|no damaged page/);
      expect(findings.audit).toMatchObject({ usable: 'yes', detail: 'nothing is signed yet' });
      await using server = await startServer({ env: { DATABASE_URL: harness.url } });
      expect(await (await server.fetch('/health')).json()).toMatchObject({
        status: 'OK',
        checks: [{ name: 'database' }, { name: 'disk' }, { name: 'storage', status: 'OK' }, { name: 'audit' }],
      });
    } finally {
      await harness.remove();
    }
  });
});
