import { generateKeyPairSync } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScratchDatabase } from '../../scripts/scratch-database.ts';
import { type FakeS3, startFakeS3 } from '../support/resources/fake-s3.ts';
import { runCli, type Server, startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const TEXT = 'artifact '.repeat(80_000);

/** A workflow whose only output is an artifact of that text. */
const make = (text: string) => ({
  document: {
    name: 'make',
    steps: [{ id: 'made', kind: 'command', command: 'convertToBase64', input: { source: { text: { text } } } }],
  },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

await onPostgres(() =>
  describe('two nodes with artifacts on S3, and no folder that they share', () => {
    let folder: Awaited<ReturnType<typeof createTempFolder>>;
    let database: ScratchDatabase;
    let fake: FakeS3;
    let env: Record<string, string>;
    let a: Server;
    let b: Server;
    let onA: TestUsers;
    let onB: TestUsers;
    const startNode = (name: string) => startServer({ dataDir: join(folder.path, name), env });
    beforeAll(async () => {
      folder = await createTempFolder();
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      await writeFile(join(folder.path, 'key.pem'), pem, { mode: 0o600 });
      database = await createMigratedDatabase();
      fake = await startFakeS3();
      env = {
        ...fake.env,
        DATABASE_URL: database.url,
        ARTIFACTS_URL: 's3://bucket/signalbox',
        CHECKPOINT_KEY_FILE: join(folder.path, 'key.pem'),
      };
      [a, b] = await Promise.all([startNode('a'), startNode('b')]);
      [onA, onB] = await Promise.all([createTestUsers(a), createTestUsers(b)]);
    });
    afterAll(async () => {
      await a?.stop('SIGKILL');
      await b?.stop('SIGKILL');
      await fake?.close();
      await database?.remove();
      await folder?.[Symbol.asyncDispose]();
    });

    const digestOf = async (users: TestUsers, id: string): Promise<string> => {
      const { run } = await users.ask('query ($id: ID!) { run(id: $id) { steps { resource { digest } } } }', { id });
      return run.steps[0].resource.digest;
    };
    const download = (node: Server, users: TestUsers, digest: string, headers: Record<string, string> = {}) =>
      node.fetch(`/artifacts/${digest}`, { token: users.tokens.alice, headers });
    const artifactsHealth = async (node: Server) => {
      const { status, checks } = (await (await node.fetch('/health')).json()) as { status: string; checks: object[] };
      return { status, check: checks.find((check) => 'name' in check && check.name === 'artifacts') };
    };

    it('read what the other has stored: whole, a range, as a source, and after the other was killed', async () => {
      const run = await onA.start(make(TEXT));
      expect(run.state).toBe('SUCCEEDED');
      const digest = await digestOf(onB, run.id);
      expect(await (await download(b, onB, digest)).text()).toBe(base64(TEXT));
      const part = await download(b, onB, digest, { range: 'bytes=500000-500009' });
      expect([part.status, await part.text()]).toEqual([206, base64(TEXT).slice(500_000, 500_010)]);

      const source = { uri: `artifact:sha256/${digest}` };
      const again = { id: 'again', kind: 'command', command: 'fetch', input: { source } };
      const copy = await onB.start({ document: { name: 'copy', steps: [again] } });
      expect([copy.state, await digestOf(onB, copy.id)]).toEqual(['SUCCEEDED', digest]);

      expect(await a.stop('SIGKILL')).toBe('SIGKILL');
      expect(await (await download(b, onB, digest)).text()).toBe(base64(TEXT));
      for (const node of ['a', 'b']) {
        const names = await readdir(join(folder.path, node), { recursive: true });
        expect(names.filter((name) => /[0-9a-f]{64}/.test(name))).toEqual([]);
      }
      a = await startNode('a');
      onA = await createTestUsers(a);
      expect(await (await download(a, onA, digest)).text()).toBe(base64(TEXT));
    });

    it('fail only what needs an artifact while S3 does not answer, say so, and recover', async () => {
      expect(await artifactsHealth(b)).toEqual({ status: 'OK', check: { name: 'artifacts', status: 'OK' } });
      fake.fault = () => ({ status: 403, code: 'AccessDenied' });
      const failed = await onB.start(make(`${TEXT}!`));
      expect(failed).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
      expect(failed.error.message).toContain('S3 denies access');
      expect((await onB.start(make('short'))).state).toBe('SUCCEEDED');
      const degraded = await until('the health says so', async () => {
        const health = await artifactsHealth(b);
        return health.status === 'DEGRADED' && health;
      });
      expect(degraded.check).toMatchObject({ status: 'DEGRADED', detail: expect.stringContaining('signalbox doctor') });
      fake.fault = () => undefined;
      await until('the health is well again', async () => (await artifactsHealth(b)).status === 'OK');
      expect((await onB.start(make(`${TEXT}!`))).state).toBe('SUCCEEDED');
    });

    it('do not start with a bucket that they cannot use', async () => {
      const wrong = { ...env, ARTIFACTS_URL: 's3://nowhere' };
      const { code, complaint } = await runCli(['serve'], { env: { ...wrong, PORT: '0' } });
      expect(code).not.toBe(0);
      expect(complaint).toContain('ARTIFACTS_URL cannot be used. The bucket does not exist.');
      expect(complaint).not.toContain(fake.env.S3_SECRET_ACCESS_KEY);
    });
  }),
);
