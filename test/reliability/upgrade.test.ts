import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { freePort } from '../support/bus/nats-server.ts';
import { loggedBugs } from '../support/reliability/final-states.ts';
import { startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** What the server of the last release wrote: two accounts' runs, of which four had not ended when it was killed. */
const RELEASED = resolve(import.meta.dirname, '../support/store/released/0.1.0.sql');

const SIGN_IN = `mutation ($username: String!, $password: String!) {
  signIn(input: { username: $username, password: $password }) { ... on Session { token } }
}`;
const CONVERT = `mutation ($input: ConvertToJsonInput!) {
  convertToJson(input: $input) { ... on CommandOutcome { run { id state } } ... on Refusal { code message } }
}`;
const RUNS = '{ runs(first: 100) { nodes { id state steps { key state attempt } } } }';
const VERIFY = 'query ($id: ID!) { verifyRun(id: $id) { valid problems } }';
const CALLERS = 3;
/** Runs that each caller starts, from before the server listens. */
const RUNS_OF_CALLER = 20;

interface OldRun {
  readonly id: string;
  readonly tenant: string;
  readonly state: string;
  readonly idempotency_key: string | null;
}

interface OldEvent {
  readonly position: number;
  readonly hash: string;
  readonly payload: string;
}

const eventsIn = (db: Database.Database) =>
  db.prepare<[], OldEvent>(
    'SELECT position, run_id, seq, type, hash, prev_hash, payload FROM events ORDER BY position',
  );

it('upgrades a database of the last release while requests come in, loses nothing, and continues its runs', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'signalbox.db');
  const old = new Database(file);
  old.exec(await readFile(RELEASED, 'utf8'));
  const runsBefore = old.prepare<[], OldRun>('SELECT id, tenant, state, idempotency_key FROM runs').all();
  const eventsBefore = eventsIn(old).all();
  old.close();
  const unfinished = runsBefore.filter(({ state }) => state === 'RUNNING');
  expect([unfinished.length, eventsBefore.length]).toEqual([4, 80]);
  for (const name of ['parts.csv', 'stock.csv']) await writeFile(join(folder.path, name), 'name,price\nbolt,1\n');

  const port = await freePort();
  const ask = async (query: string, variables: object = {}, token?: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const signIn = async (username: string, password: string) =>
    (await ask(SIGN_IN, { username, password })).signIn.token as string;
  let refused = 0;
  const accepted: string[] = [];
  /** Repeats a request that fails, as the guide says, with the same idempotency key. */
  const call = async (work: () => Promise<void>) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        refused += 1;
        if (!(error instanceof TypeError)) throw error;
        await pause(20);
      }
    }
  };
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    let token = '';
    await call(async () => {
      token = await signIn('alice', 'alice');
    });
    for (let number = 0; number < RUNS_OF_CALLER; number += 1) {
      const source = { text: { text: `a\n${number}\n`, mediaType: 'text/csv' } };
      const input = { source, idempotencyKey: `load-${caller}-${number}` };
      await call(async () => {
        const { convertToJson } = await ask(CONVERT, { input }, token);
        accepted.push(convertToJson.run.id);
      });
    }
  });
  await until('requests are made before the server listens', () => refused >= CALLERS);
  await using server = await startServer({
    dataDir: folder.path,
    env: { PORT: String(port), ALLOWED_LOCAL_ROOTS: `/data=${folder.path}` },
  });
  await Promise.all(callers);
  expect(new Set(accepted).size).toBe(CALLERS * RUNS_OF_CALLER);
  expect(server.logged('store.migrated')[0]?.migrations.length).toBeGreaterThan(10);

  const [alice, ada, admin] = [
    await signIn('alice', 'alice'),
    await signIn('ada', 'ada-password-0.1.0'),
    await signIn('admin', 'admin'),
  ];
  const tokenOf = (tenant: string) => (tenant === 'default' ? admin : ada);
  const runsNow = await until('the unfinished runs have ended', async () => {
    const [own, other] = [(await ask(RUNS, {}, admin)).runs.nodes, (await ask(RUNS, {}, ada)).runs.nodes];
    const all = new Map([...own, ...other].map((run) => [run.id as string, run]));
    return unfinished.every(({ id }) => all.get(id)?.state === 'SUCCEEDED') && all;
  });
  for (const { id, tenant, state } of runsBefore) {
    expect(runsNow.get(id)?.state).toBe(state === 'RUNNING' ? 'SUCCEEDED' : state);
    expect((await ask(VERIFY, { id }, tokenOf(tenant))).verifyRun).toEqual({ valid: true, problems: [] });
  }
  // The step that had ended is not done again; the one that ran is.
  for (const { id } of unfinished) {
    expect(runsNow.get(id)?.steps).toMatchObject([{ attempt: 1 }, { state: 'SUCCEEDED' }]);
  }
  for (const id of accepted) expect(runsNow.get(id)?.state).toBe('SUCCEEDED');

  const [known] = runsBefore.filter(({ tenant, idempotency_key: key }) => tenant === 'default' && key === 'key-0');
  const repeated = { source: { uri: 'file:///data/parts.csv' }, idempotencyKey: 'key-0' };
  expect((await ask(CONVERT, { input: repeated }, alice)).convertToJson.run.id).toBe(known?.id);
  expect(loggedBugs(server)).toEqual([]);
  expect(await server.stop()).toBe(0);

  const upgraded = new Database(file, { readonly: true });
  const eventsAfter = eventsIn(upgraded).all();
  const leaves = upgraded.prepare('SELECT count(*) FROM leaves').pluck().get();
  upgraded.close();
  expect(eventsAfter.slice(0, eventsBefore.length)).toEqual(eventsBefore);
  expect(leaves).toBe(runsBefore.length + accepted.length);
});
