import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  artifactCreated,
  finished,
  log,
  plannedStep,
  runCreated,
  textOutput,
} from '../../../test/support/store/sample-events.ts';
import { silentLogger } from '../../../test/support/store/sqlite-harness.ts';
import { newId } from '../../core/ids.ts';
import { type AppendRequest, planCommit } from '../journal/plan-commit.ts';
import { openStore } from '../open-store.ts';
import { toArtifactRow } from '../rows/artifact-row.ts';
import { toLabelRows, toRunRow } from '../rows/run-row.ts';
import { toStepRow } from '../rows/step-row.ts';
import { openSchemaEngine, readMigrations } from './schema-engine.ts';

const scope = { tenant: 'default' };
const [ended, failed, open] = [newId('run', 1e12), newId('run', 1e12 + 1), newId('run', 1e12 + 2)];

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-upgrade-'));
  file = join(folder, 'signalbox.db');
  await makeOldDatabase(file);
});
afterEach(() => rm(folder, { recursive: true }));

it('upgrades the database of version 0.1.0 with all its rows', async () => {
  const store = await openStore({ database: { kind: 'sqlite', file }, logger: silentLogger });
  for (const id of [ended, failed, open]) {
    expect(await store.verifyRun(scope, id)).toMatchObject({ valid: true, problems: [] });
  }
  expect(await store.journal.head()).toBe(11);
  expect((await store.reader.snapshot(scope, ended))?.steps).toMatchObject([
    { key: 'one', state: 'SUCCEEDED', input: { source: { uri: 'data:text/csv,a' } }, output: textOutput('out') },
  ]);
  expect((await store.reader.runs(scope, { label: { team: 'rail' } }, {})).edges).toHaveLength(1);
  const timedOut = await store.reader.runs(scope, { errorCode: ['TIMEOUT'] }, {});
  expect(timedOut.edges.map(({ node }) => node.id)).toEqual([failed]);
  expect((await store.journal.page(0, {}, scope, 100)).events).toHaveLength(11);
  const own = await store.reader.steps({ ...scope, subject: 'alice' }, ended);
  expect(own.map(({ key }) => key)).toEqual(['one']);
  const owned = await store.reader.artifacts({ ...scope, subject: 'alice' }, ended, {});
  expect([
    owned.edges.length,
    (await store.reader.artifacts({ ...scope, subject: 'bob' }, ended, {})).edges.length,
  ]).toEqual([1, 0]);
  // Runs had no owner before: the first node claims the unfinished ones.
  await expect(store.journal.append(open, 3, [log('not yet')])).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await store.leases.claim(10, new Date())).toEqual([open]);
  const { events } = await store.journal.append(open, 3, [log('continued')]);
  expect(events[0]?.position).toBe(12);
  const call = { id: newId('call'), tool: 'web.search', arguments: {} };
  await store.journal.append(open, 4, [{ type: 'TOOL_CALLED', at: new Date(), step: 'two', payload: { call } }]);
  expect(await store.reader.toolCalls(scope, open, 'two')).toMatchObject([call]);
  expect((await store.verifyRun(scope, open))?.valid).toBe(true);
  const standing = store.standings.standingOf({ tenant: 'north', subject: 'usr_1' });
  expect(standing).toEqual({ state: 'current', roles: ['analyst'], notBefore: null });
  await store.close();
});

it('creates leaves for the ended runs, in the order of their ends', async () => {
  const store = await openStore({ database: { kind: 'sqlite', file }, logger: silentLogger });
  const heads = await Promise.all([ended, failed].map((id) => store.reader.run(scope, id)));
  await store.close();
  const db = new Database(file, { readonly: true });
  const leaves = db.prepare('SELECT * FROM leaves ORDER BY position').all();
  const journal = db.prepare('SELECT * FROM journal').all();
  db.close();
  const leafOf = (run: (typeof heads)[number]) => ({
    position: run?.headPosition,
    run_id: run?.id,
    seq: run?.seq,
    hash: run?.headHash,
  });
  expect(leaves).toEqual([leafOf(heads[1]), leafOf(heads[0])]);
  expect(journal).toEqual([{ id: 1, position: 11, floor: 0 }]);
});

/** A database as version 0.1.0 left it: with its only migration, and rows in the columns of that time. */
async function makeOldDatabase(path: string): Promise<void> {
  const all = await readMigrations('sqlite');
  const engine = await openSchemaEngine({ kind: 'sqlite', file: path });
  await engine.apply({ ...all, migrationDirectories: all.migrationDirectories.slice(0, 1) });
  await engine.close();

  const appends: AppendRequest[] = [
    { runId: ended, expectedSeq: 1, events: [runCreated({ labels: { team: 'rail' }, idempotencyKey: 'k' })] },
    { runId: failed, expectedSeq: 1, events: [runCreated({ steps: [] }), log('x'), failing()] },
    { runId: ended, expectedSeq: 2, events: [log('x'), artifactCreated('a'), ...finished(textOutput('out'))] },
    { runId: open, expectedSeq: 1, events: [runCreated({ steps: [plannedStep('two')] })] },
    { runId: open, expectedSeq: 2, events: [log('x')] },
  ];
  const nothing = { position: 0, head: () => undefined, runByIdempotencyKey: () => undefined, step: () => undefined };
  const plan = planCommit(appends, nothing, '');
  const db = new Database(path);
  const insert = (table: string, row: object) => {
    const columns = db.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all();
    const fields = Object.entries(row).map(([field, value]) => [
      field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      value,
    ]);
    const known = fields.filter(([name]) => columns.includes(name));
    const sql = `INSERT INTO ${table} (${known.map(([name]) => name)}) VALUES (${known.map(() => '?')})`;
    db.prepare(sql).run(...known.map(([, value]) => value));
  };
  const passwordHash = 'scrypt$1';
  insert('users', { subject: 'usr_1', username: 'alice', tenant: 'north', roles: '["analyst"]', passwordHash });
  for (const draft of plan.runs) {
    if (!draft.isNew) throw new Error('a run that was there before');
    insert('runs', toRunRow(draft.run, ''));
    for (const label of toLabelRows(draft.run)) insert('run_labels', label);
    for (const step of draft.steps.values()) insert('steps', toStepRow(step, draft.identity));
  }
  for (const event of plan.events) insert('events', event);
  for (const artifact of plan.artifacts) insert('artifacts', toArtifactRow(artifact, artifact));
  db.close();
}

function failing() {
  const error = { code: 'TIMEOUT', message: 'too slow', retryable: true } as const;
  return { type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'PENDING', to: 'FAILED', error } } as const;
}
