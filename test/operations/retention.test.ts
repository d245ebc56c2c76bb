import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../clients/sdk/src/index.ts';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const RUN = `query ($id: ID!) { run(id: $id) { id state steps { resource { digest } } } }`;
const VERIFY = `query ($id: ID!) { verifyRun(id: $id) { valid problems checkpoint { size } } }`;
const EVENTS = `query ($after: Cursor) { events(after: $after, first: 1000) { cursor events { runId } } }`;
const FOLLOW = `subscription ($after: Cursor) { events(after: $after) { cursor events { cursor runId seq type hash } } }`;

/** Makes bytes that are too many for the journal. */
const making = (letter: string) => {
  const input = { source: { text: { text: letter.repeat(100_000) } } };
  return { document: { name: 'making', steps: [{ id: 'made', kind: 'command', command: 'convertToBase64', input }] } };
};

async function forgets(database: Record<string, string>) {
  await using folder = await createTempFolder();
  const dataDir = join(folder.path, 'data');
  const NODE_OPTIONS = `--import=${join(import.meta.dirname, '../support/reliability/time-shift.mjs')}`;
  const start = (env: Record<string, string>) =>
    startServer({ dataDir, env: { NODE_OPTIONS, LOG_LEVEL: 'warn', RETENTION_DAYS: '2', ...database, ...env } });
  const fileOf = (digest: string) => join(dataDir, 'artifacts', digest.slice(0, 2), digest.slice(2, 4), digest);
  const checkpoints = () => readFile(join(dataDir, 'checkpoints.log'), 'utf8');

  /** A run that has ended, was signed, and left bytes behind. */
  const makeRun = async (server: Server, letter: string) => {
    const people = await createTestUsers(server);
    const token = people.tokens.alice;
    const { id, state } = await people.start(making(letter));
    expect(state).toBe('SUCCEEDED');
    const digest: string = (await people.ask(RUN, { id })).run.steps[0].resource.digest;
    expect(existsSync(fileOf(digest))).toBe(true);
    const { size } = await until(
      'its end is signed',
      async () => (await people.ask(VERIFY, { id })).verifyRun.checkpoint,
    );
    return { id, digest, size, token, cursor: (await people.ask(EVENTS)).events.cursor as string };
  };

  let old: Awaited<ReturnType<typeof makeRun>>;
  let signed: string;
  {
    await using server = await start({ DAYS_AGO: '5' });
    old = await makeRun(server, 'a');
    // One more, so that the cursor is not at the end of what goes.
    await makeRun(server, 'b');
    expect(await server.stop()).toBe(0);
    signed = await checkpoints();
  }

  let young: Awaited<ReturnType<typeof makeRun>>;
  {
    await using server = await start({ DAYS_AGO: '1' });
    young = await makeRun(server, 'c');
    const people = await createTestUsers(server);
    await until('what is too old is gone', async () => (await people.ask(RUN, { id: old.id })).run === null);
    await until('its bytes are gone', () => !existsSync(fileOf(old.digest)));
    expect((await server.fetch(`/artifacts/${old.digest}`, { token: old.token })).status).toBe(404);

    // Who was cut off before that is told so, however he asks.
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

    // Who begins anew, or was there later, goes on.
    const from = async (after?: string) => (await people.ask(EVENTS, { after })).events.events;
    expect(new Set((await from()).map(({ runId }: { runId: string }) => runId))).toEqual(new Set([young.id]));
    expect(await from(young.cursor)).toEqual([]);
    const following = socket.watch(FOLLOW, { after: young.cursor });
    const later = await people.start(making('d'));
    await until('it sees what comes', () => following.events.some(({ runId }) => runId === later.id));
    expect(await server.stop()).toBe(0);
  }

  // Without anything to remove: what is left is whole, and what was signed stands.
  await using server = await start({});
  const people = await createTestUsers(server);
  const { verifyRun } = await people.ask(VERIFY, { id: young.id });
  expect(verifyRun).toMatchObject({ valid: true, problems: [] });
  // The tree still counts those that are gone.
  expect(verifyRun.checkpoint.size).toBeGreaterThanOrEqual(3);
  expect(existsSync(fileOf(young.digest))).toBe(true);
  const now = await checkpoints();
  expect(now.startsWith(signed)).toBe(true);
  expect(now.length).toBeGreaterThan(signed.length);
}

describe('RETENTION_DAYS', { timeout: 90_000 }, () => {
  it('removes what is older, keeps what shows that nothing else went, and says so to who comes too late, on SQLite', () =>
    forgets({}));
});

await onPostgres(() => {
  describe('RETENTION_DAYS', { timeout: 90_000 }, () => {
    it('does the same on PostgreSQL', async () => {
      const { url, remove } = await createScratchDatabase();
      await forgets({ DATABASE_URL: url }).finally(remove);
    });
  });
});
