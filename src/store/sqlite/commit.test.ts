import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { log, runCreated } from '../../../test/support/store/sample-events.ts';
import { newId } from '../../core/ids.ts';
import { openSqliteConnection, type SqliteConnection } from '../connections/sqlite-connection.ts';
import type { AppendRequest } from '../journal/plan-commit.ts';
import { migrate } from '../migrations/migrate.ts';
import { createSqliteCommit } from './commit.ts';

const node = newId('node');
let folder: string;
let db: SqliteConnection;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-commit-'));
  await migrate({ kind: 'sqlite', file: join(folder, 'a.db') });
  db = openSqliteConnection(join(folder, 'a.db'), { readonly: false });
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true });
});

const count = () => db.prepare('SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM runs)').pluck().get();
const opening = (text: string): AppendRequest => ({
  runId: newId('run'),
  expectedSeq: 1,
  events: [runCreated(), log(text)],
});

it('changes nothing on a full disk, and writes again once there is space', () => {
  const commit = createSqliteCommit(db, node);
  commit([opening('kept')]);
  const before = count();
  // The database may not grow by a single page, as on a disk without space.
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  const group = Array.from({ length: 50 }, () => opening('x'.repeat(20_000)));
  expect(() => commit(group)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
  expect(count()).toBe(before);
  db.pragma('max_page_count = 1000000');
  const results = commit(group);
  expect(results.every((result) => 'first' in result)).toBe(true);
  expect(results[0]).toMatchObject({ first: 3 });
});

it('never assigns a position twice, even if the newest events were deleted', () => {
  const commit = createSqliteCommit(db, node);
  commit([opening('a'), opening('b')]);
  db.pragma('foreign_keys = OFF');
  db.exec('DELETE FROM events WHERE position > 2');
  expect(commit([opening('c')])).toMatchObject([{ first: 5 }]);
});

it('is durable when it returns: the connection syncs at every commit', () => {
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
});
