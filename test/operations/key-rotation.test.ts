import { generateKeyPairSync } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findCheckpointNotes, parseCheckpointText } from '../../src/audit/checkpoint-note.ts';
import { parseNoteKey } from '../../src/audit/signed-note.ts';
import { verifyRunOffline } from '../../src/audit/verify-offline.ts';
import { verifyConsistency } from '../../src/audit/verify-tree.ts';
import { runCli, type Server, startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { isVerified, startWebhookReceiver } from '../support/surfaces/webhook-receiver.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const SIGN_IN = 'mutation { signIn(input: { username: "alice", password: "alice" }) { ... on Session { token } } }';
const RENEW = 'mutation { renewSession { ... on Session { token } } }';
const CREATE_WEBHOOK = `mutation ($url: String!) {
  createWebhook(input: { url: $url, events: [RUN_ENDED] }) { ... on CreatedWebhook { secret } }
}`;
const START = 'mutation { fetch(input: { source: { uri: "data:,a" } }) { ... on CommandOutcome { run { id } } } }';
const EXPORT = 'query ($id: ID!) { run(id: $id) { export } }';
const CONSISTENCY = `query ($olderSize: Int!) {
  treeConsistency(olderSize: $olderSize) { newerSize older newer proof publicKey }
}`;

const [OLD, NEW] = ['o'.repeat(40), 'n'.repeat(40)];
/** The steps of docs/operate.md for JWT_SECRET and CREDENTIALS_KEY. */
const STEPS = [
  { JWT_SECRET: OLD, CREDENTIALS_KEY: OLD },
  { JWT_SECRET: OLD, JWT_PREVIOUS_SECRET: NEW, CREDENTIALS_KEY: OLD, CREDENTIALS_PREVIOUS_KEY: NEW },
  { JWT_SECRET: NEW, JWT_PREVIOUS_SECRET: OLD, CREDENTIALS_KEY: NEW, CREDENTIALS_PREVIOUS_KEY: OLD },
  { JWT_SECRET: NEW, CREDENTIALS_KEY: NEW },
] as const;

await onPostgres(() => {
  it('replaces every key of two nodes, and loses no session, webhook or proof', async () => {
    await using folder = await createTempFolder();
    const receiver = await startWebhookReceiver();
    const database = await createMigratedDatabase();
    const keyFile = join(folder.path, 'checkpoint-key.pem');
    const newCheckpointKey = () =>
      writeFile(keyFile, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await newCheckpointKey();
    const shared = {
      ...{ ALLOWED_PRIVATE_HOSTS: receiver.host, DATABASE_URL: database.url, CHECKPOINT_KEY_FILE: keyFile },
      ...{ ARTIFACTS_DIR: join(folder.path, 'artifacts') },
    };
    const names = ['one', 'two'] as const;
    const nodes = new Map<string, Server>();
    const restart = async (name: string, step: (typeof STEPS)[number]) => {
      await nodes.get(name)?.stop();
      nodes.set(name, await startServer({ dataDir: join(folder.path, name), env: { ...shared, ...step } }));
    };
    const ask = async (name: string, document: string, variables: object = {}, token?: string) => {
      const { data, errors } = await (nodes.get(name) as Server).query(document, variables, token);
      expect(errors).toBeUndefined();
      return data;
    };
    const exportOf = (id: string, token: string) =>
      until('a checkpoint covers the run', async () => {
        const { run } = await ask('one', EXPORT, { id }, token);
        return run.export.inclusion && run.export;
      });
    const deliveryOf = (id: string) =>
      until('it is delivered', () => receiver.at('/ends').find(({ body }) => body.data.run.id === id));
    try {
      for (const name of names) await restart(name, STEPS[0]);
      let { token } = (await ask('one', SIGN_IN)).signIn;
      const { secret } = (await ask('one', CREATE_WEBHOOK, { url: `${receiver.url}/ends` }, token)).createWebhook;
      const first = (await ask('one', START, {}, token)).fetch.run.id;
      const exported = await exportOf(first, token);
      expect(isVerified(await deliveryOf(first), secret)).toBe(true);

      for (const step of STEPS.slice(1, 3)) {
        for (const name of names) {
          await restart(name, step);
          // While the nodes differ, each accepts what the other has signed or sealed.
          for (const from of names) {
            const renewed = (await ask(from, RENEW, {}, token)).renewSession.token;
            for (const to of names) {
              const { id } = (await ask(to, START, {}, renewed)).fetch.run;
              expect(isVerified(await deliveryOf(id), secret)).toBe(true);
            }
          }
        }
      }
      const lastToken = token;
      ({ token } = (await ask('two', RENEW, {}, token)).renewSession);

      const options = { dataDir: join(folder.path, 'one'), env: { ...shared, ...STEPS[2] } };
      const resealed = await runCli(['reseal'], options);
      expect(resealed).toMatchObject({ code: 0, complaint: expect.stringContaining('Sealed again: 1.') });
      expect(await runCli(['reseal'], options)).toMatchObject({
        output: '',
        complaint: 'Sealed again: 0. Sealed with CREDENTIALS_KEY before: 1.',
      });
      for (const name of names) await restart(name, STEPS[3]);
      const after = (await ask('two', START, {}, token)).fetch.run.id;
      expect(isVerified(await deliveryOf(after), secret)).toBe(true);
      const refused = await (nodes.get('one') as Server).query(START, {}, lastToken);
      expect(refused.errors?.[0].extensions.code).toBe('UNAUTHENTICATED');

      const oldLog = join(folder.path, 'one', 'checkpoints.log');
      const kept = findCheckpointNotes(await readFile(oldLog, 'utf8'))[0] ?? '';
      for (const name of names) await nodes.get(name)?.stop();
      for (const name of names) {
        const log = join(folder.path, name, 'checkpoints.log');
        await rename(log, `${log}.old`).catch(() => {});
      }
      await newCheckpointKey();
      for (const name of names) await restart(name, STEPS[3]);
      const last = (await ask('one', START, {}, token)).fetch.run.id;
      const lastExport = await exportOf(last, token);
      expect(lastExport.publicKey).not.toBe(exported.publicKey);
      expect(verifyRunOffline(exported, exported.publicKey)).toMatchObject({ valid: true, keyTrusted: true });
      expect(await exportOf(first, token)).toMatchObject({ publicKey: lastExport.publicKey });
      const { size: olderSize } = parseCheckpointText(kept);
      const { treeConsistency } = await ask('one', CONSISTENCY, { olderSize }, token);
      expect(treeConsistency.older).toBeNull();
      const keys = [exported.publicKey, lastExport.publicKey].map(parseNoteKey);
      expect(verifyConsistency(kept, treeConsistency.newer, treeConsistency.proof, keys)).toMatchObject({
        older: { size: olderSize },
        newer: { size: treeConsistency.newerSize },
      });
    } finally {
      await Promise.all([...nodes.values()].map((server) => server.stop('SIGKILL')));
      await receiver.close();
    }
  });
});
