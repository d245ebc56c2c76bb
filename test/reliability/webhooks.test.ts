import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { isVerified, startWebhookReceiver, type WebhookReceiver } from '../support/surfaces/webhook-receiver.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

const CREATE = `mutation ($url: String!) {
  createWebhook(input: { url: $url, events: [RUN_ENDED] }) { ... on CreatedWebhook { secret webhook { id } } }
}`;
const DELIVERIES =
  '{ webhooks(first: 9) { nodes { deliveries(first: 9) { nodes { id state attempts lastStatus run { id } } } } } }';
const NODE_OPTIONS = `--import=${join(import.meta.dirname, '../support/reliability/time-shift.mjs')}`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let receiver: WebhookReceiver;
beforeAll(async () => {
  folder = await createTempFolder();
  receiver = await startWebhookReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await folder?.[Symbol.asyncDispose]();
});

const source = workflowSource('short', valueStep('a', 1));
const subscribe = async (server: Server, path: string, daysAgo = 0) => {
  const users = await createTestUsers(server, daysAgo);
  const { createWebhook } = await users.ask(CREATE, { url: `${receiver.url}${path}` });
  return { users, secret: createWebhook.secret as string };
};
const idsAt = (path: string) => receiver.at(path).map(({ body }) => body.data.run.id as string);

describe('the end of a run', () => {
  const start = (name: string, daysAgo = 0) =>
    startServer({
      dataDir: join(folder.path, name),
      env: { ALLOWED_PRIVATE_HOSTS: receiver.host, NODE_OPTIONS, DAYS_AGO: String(daysAgo) },
    });

  it('is delivered after kill -9 right after it', async () => {
    const path = '/killed';
    let server = await start('killed');
    const { users, secret } = await subscribe(server, path);
    const { id } = await users.start(source);
    await server.stop('SIGKILL');
    server = await start('killed');
    try {
      await until('it is delivered', () => idsAt(path).includes(id));
      expect(receiver.at(path).every((one) => isVerified(one, secret))).toBe(true);
      const seen = await until('it is shown as delivered', async () => {
        const { webhooks } = await (await createTestUsers(server)).ask(DELIVERIES);
        const [delivery] = webhooks.nodes[0].deliveries.nodes;
        return delivery?.state === 'DELIVERED' && delivery;
      });
      expect(seen).toMatchObject({ id: receiver.at(path)[0]?.id, attempts: 1, lastStatus: 204, run: { id } });
    } finally {
      await server.stop('SIGKILL');
    }
  });

  it('is delivered again, with the same id, after kill -9 while it was sent', async () => {
    const path = '/hanging';
    receiver.hang();
    let server = await start('hanging', 1);
    const { users } = await subscribe(server, path, 1);
    const { id } = await users.start(source);
    await until('it is being sent', () => idsAt(path).includes(id));
    await server.stop('SIGKILL');
    receiver.answerWith((res) => void res.writeHead(204).end());
    // A day later, so that nobody waits until the dead server would have given up.
    server = await start('hanging');
    try {
      await until('it is sent again', () => receiver.at(path).length >= 2);
      expect(new Set(receiver.at(path).map((one) => `${one.id} ${one.text}`)).size).toBe(1);
    } finally {
      await server.stop('SIGKILL');
    }
  });
});

await onPostgres(() => {
  describe('two nodes', () => {
    it('deliver every end, each once while both live, and the rest when one is killed', async () => {
      const database = await createMigratedDatabase();
      const start = (name: string) =>
        startServer({
          dataDir: join(folder.path, name),
          env: {
            ...{ ALLOWED_PRIVATE_HOSTS: receiver.host, DATABASE_URL: database.url },
            ...{ ARTIFACTS_DIR: join(folder.path, 'artifacts'), CREDENTIALS_KEY: 'k'.repeat(32) },
          },
        });
      const [one, two] = await Promise.all([start('one'), start('two')]);
      try {
        const path = '/nodes';
        const { users, secret } = await subscribe(one, path);
        const others = await createTestUsers(two);
        const startMany = (count: number) =>
          Promise.all(Array.from({ length: count }, (_, i) => (i % 2 ? users : others).start(source)));
        const first = await startMany(30);
        await until('all are delivered', () => receiver.at(path).length >= first.length);
        expect(idsAt(path).toSorted()).toEqual(first.map(({ id }) => id).toSorted());
        expect(receiver.at(path).every((each) => isVerified(each, secret))).toBe(true);

        const rest = await startMany(10);
        await one.stop('SIGKILL');
        await until('the other node delivers the rest', () => rest.every(({ id }) => idsAt(path).includes(id)));
        // The same delivery, if it comes again.
        expect(new Set(receiver.at(path).map(({ id }) => id)).size).toBe(40);
      } finally {
        await Promise.all([one.stop('SIGKILL'), two.stop('SIGKILL')]);
        await database.remove();
      }
    });
  });
});
