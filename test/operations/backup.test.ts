import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

/** An artifact of more than a few kilobytes, which is a file. */
const convert = (text: string) => ({
  document: {
    name: 'convert',
    steps: [{ id: 'made', kind: 'command', command: 'convertToBase64', input: { source: { text: { text } } } }],
  },
});
const DIGEST =
  'query ($id: ID!) { run(id: $id) { state steps { resource { digest } } } verifyRun(id: $id) { valid problems } }';
const AUDIT = '{ health { checks { name status } } }';

it('a copy made while the server writes is a database with all that had ended, and signs once the old evidence is away', async () => {
  await using folder = await createTempFolder();
  const [live, restored] = [join(folder.path, 'live'), join(folder.path, 'restored')];
  await mkdir(restored);
  await using server = await startServer({ dataDir: live });
  const users = await createTestUsers(server);
  const ended = await users.start(convert('x'.repeat(100_000)), {}, 'admin');
  let isStopped = false;
  const later: string[] = [];
  const writing = (async () => {
    while (!isStopped) later.push((await users.start(convert(`${later.length}`.repeat(50_000)), {}, 'admin')).id);
  })();
  await until('it writes', () => later.length > 2);

  // What `sqlite3 signalbox.db ".backup 'FILE'"` does.
  const database = new Database(join(live, 'signalbox.db'), { readonly: true });
  await database.backup(join(restored, 'signalbox.db'));
  database.close();
  await cp(join(live, 'artifacts'), join(restored, 'artifacts'), { recursive: true });
  await cp(join(live, 'checkpoint-key.pem'), join(restored, 'checkpoint-key.pem'));
  const copied = later.length;
  await until('it writes more', () => later.length > copied + 2);
  isStopped = true;
  await writing;
  const missing = later.at(-1);
  expect(await server.stop()).toBe(0);
  // It has signed what ended after the copy.
  await cp(join(live, 'checkpoints.log'), join(restored, 'checkpoints.log'));

  const auditOf = async (one: typeof server) =>
    (await one.query(AUDIT)).data.health.checks.find(({ name }: { name: string }) => name === 'audit');
  const refusing = await startServer({ dataDir: restored });
  await until('it refuses to sign', async () => (await auditOf(refusing)).status === 'DEGRADED');
  expect(await refusing.stop()).toBe(0);

  await rename(join(restored, 'checkpoints.log'), join(folder.path, 'evidence.log'));
  await using again = await startServer({ dataDir: restored });
  const { tokens, start } = await createTestUsers(again);
  const { data } = await again.query(DIGEST, { id: ended.id }, tokens.admin);
  expect(data).toMatchObject({ run: { state: 'SUCCEEDED' }, verifyRun: { valid: true, problems: [] } });
  const { digest } = data.run.steps[0].resource;
  const bytes = await (await again.fetch(`/artifacts/${digest}`, { token: tokens.admin })).text();
  expect(bytes).toBe(Buffer.from('x'.repeat(100_000)).toString('base64'));
  const lost = await again.query('query ($id: ID!) { run(id: $id) { id } }', { id: missing }, tokens.admin);
  expect(lost.data.run).toBeNull();
  expect((await start(convert('new'), {}, 'admin')).state).toBe('SUCCEEDED');
  expect(await auditOf(again)).toMatchObject({ status: 'OK' });
});
