import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../clients/sdk/src/index.ts';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const RUN = `query ($id: ID!) { run(id: $id) { id state steps { resource { digest } } } }`;
const VERIFY = `query ($id: ID!) { verifyRun(id: $id) { valid problems checkpoint { size } } }`;
const EVENTS = `query ($after: Cursor) { events(after: $after, first: 1000) { cursor events { runId } } }`;
const FOLLOW = `subscription ($after: Cursor) { events(after: $after) { cursor events { cursor runId seq type hash } } }`;

/** Produces more bytes than the journal stores inline. */
const making = (letter: string) => {
  const input = { source: { text: { text: letter.repeat(100_000) } } };
  return { document: { name: 'making', steps: [{ id: 'made', kind: 'command', command: 'convertToBase64', input }] } };
};

async function checkRetention(database: Record<string, string>) {
  await using folder = await createTempFolder();
  const dataDir = join(folder.path, 'data');
  const NODE_OPTIONS = `--import=${join(import.meta.dirname, '../support/reliability/time-shift.mjs')}`;
  const start = (env: Record<string, string>) =>
    startServer({ dataDir, env: { NODE_OPTIONS, LOG_LEVEL: 'warn', RETENTION_DAYS: '2', ...database, ...env } });
  const fileOf = (digest: string) => join(dataDir, 'artifacts', digest.slice(0, 2), digest.slice(2, 4), digest);
  const checkpoints = () => readFile(join(dataDir, 'checkpoints.log'), 'utf8');

  /** A run that has ended, is signed, and has an artifact. */
  const makeRun = async (server: Server, letter: string, daysAgo: number) => {
    const users = await createTestUsers(server, daysAgo);
    const token = users.tokens.alice;
    const { id, state } = await users.start(making(letter));
    expect(state).toBe('SUCCEEDED');
    const digest: string = (await users.ask(RUN, { id })).run.steps[0].resource.digest;
    expect(existsSync(fileOf(digest))).toBe(true);
    const { size } = await until(
      'its end is signed',
      async () => (await users.ask(VERIFY, { id })).verifyRun.checkpoint,
    );
    return { id, digest, size, token, cursor: (await users.ask(EVENTS)).events.cursor as string };
  };

  let old: Awaited<ReturnType<typeof makeRun>>;
  let signed: string;
  {
    await using server = await start({ DAYS_AGO: '5' });
    old = await makeRun(server, 'a', 5);
    // One more, so that the cursor is not at the end of what is removed.
    await makeRun(server, 'b', 5);
    expect(await server.stop()).toBe(0);
    signed = await checkpoints();
  }

  let young: Awaited<ReturnType<typeof makeRun>>;
  {
    await using server = await start({ DAYS_AGO: '1' });
    young = await makeRun(server, 'c', 1);
    const users = await createTestUsers(server, 1);
    await until('the old run is removed', async () => (await users.ask(RUN, { id: old.id })).run === null);
    await until('its bytes are removed', () => !existsSync(fileOf(old.digest)));
    expect((await server.fetch(`/artifacts/${old.digest}`, { token: old.token })).status).toBe(404);

    // A client with an older cursor is told so, whichever query it uses.
    const expired = { extensions: { code: 'CURSOR_EXPIRED' } };
    const page = await server.query(EVENTS, { after: old.cursor }, old.token);
    expect(page.errors).toMatchObject([expired]);
    await using socket = await openSocket(server, old.token);
    const cut = socket.watch(FOLLOW, { after: old.cursor });
    await until('the subscription ends', () => cut.errors.length > 0);
    expect(cut.errors).toMatchObject([expired]);
    const client = createClient({ url: server.url, token: old.token });
    const stream = client.subscribe({ toString: () => FOLLOW } as never, { after: old.cursor } as never);
    await expect(stream.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    client.close();

    // A client that begins again, or has a later cursor, continues.
    const from = async (after?: string) => (await users.ask(EVENTS, { after })).events.events;
    expect(new Set((await from()).map(({ runId }: { runId: string }) => runId))).toEqual(new Set([young.id]));
    expect(await from(young.cursor)).toEqual([]);
    const following = socket.watch(FOLLOW, { after: young.cursor });
    const later = await users.start(making('d'));
    await until('it sees the new run', () => following.events.some(({ runId }) => runId === later.id));
    expect(await server.stop()).toBe(0);
  }

  // With nothing to remove: the rest is complete, and the signatures hold.
  await using server = await start({});
  const users = await createTestUsers(server);
  const { verifyRun } = await users.ask(VERIFY, { id: young.id });
  expect(verifyRun).toMatchObject({ valid: true, problems: [] });
  // The tree still counts the removed events.
  expect(verifyRun.checkpoint.size).toBeGreaterThanOrEqual(3);
  expect(existsSync(fileOf(young.digest))).toBe(true);
  const now = await checkpoints();
  expect(now.startsWith(signed)).toBe(true);
  expect(now.length).toBeGreaterThan(signed.length);
}

describe('RETENTION_DAYS', () => {
  it('removes older runs, keeps the proof that nothing else was removed, and refuses older cursors, on SQLite', () =>
    checkRetention({}));
});

await onPostgres(() => {
  describe('RETENTION_DAYS', () => {
    it('does the same on PostgreSQL', async () => {
      const { url, remove } = await createMigratedDatabase();
      await checkRetention({ DATABASE_URL: url }).finally(remove);
    });
  });
});
