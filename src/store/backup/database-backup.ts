import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { NoteKey } from '../../audit/signed-note.ts';
import { Fault } from '../../core/errors.ts';
import { syncFolder } from '../../lib/system/sync-folder.ts';
import { type DatabaseConfig, revealDatabaseUrl } from '../connections/database-config.ts';
import { migrate } from '../migrations/migrate.ts';
import { readPostgresTables, writePostgresTables } from './postgres-tables.ts';
import { readSqliteTables, writeSqliteTables } from './sqlite-tables.ts';
import { readTableFile, type TableFile, writeTableFile } from './table-file.ts';
import type { TableReader, TableRow, TableShape, TableWriter } from './table-rows.ts';
import { type VerifiedRows, verifyRows } from './verify-rows.ts';

const FORMAT = 1;
/** Limits of what is inserted at once. */
const ROWS_PER_INSERT = 1_000;
const CHARACTERS_PER_INSERT = 4 * 1024 * 1024;

/** What a backup of a database has: a file of rows for each table. */
export interface DatabaseBackup {
  readonly format: number;
  /** Version of the server. */
  readonly version: string;
  readonly takenAt: string;
  readonly tables: readonly (TableShape & TableFile)[];
}

/**
 * Writes all rows of a database as of one moment into a folder, while servers use it, and verifies them. An earlier backup in the folder is
 * replaced when the new one is complete.
 * @param key of the checkpoints
 * @throws Fault CONFLICT when the rows do not agree with the audit tree
 */
export async function backUpDatabase(
  database: DatabaseConfig,
  folder: string,
  key: NoteKey | undefined,
): Promise<DatabaseBackup & { readonly verified: VerifiedRows; readonly digests: readonly string[] }> {
  await using reader = await openReader(database);
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const takenAt = new Date().toISOString();
  const verified = await verifyRows(reader, key);
  const tables: (TableShape & TableFile)[] = [];
  for (const table of await reader.tables()) {
    tables.push({ ...table, ...(await writeTableFile(fileOf(draft, table), reader.rows(table))) });
  }
  const digests = await digestsOf(reader);
  const backup: DatabaseBackup = { format: FORMAT, version: packageJson.version, takenAt, tables };
  await writeFile(join(draft, MANIFEST), `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600, flush: true });
  await syncFolder(draft);
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(draft, folder);
  await syncFolder(dirname(folder));
  await rm(old, { recursive: true, force: true });
  return { ...backup, verified, digests };
}

/**
 * Fills an empty database from a backup, of either kind of database. It has all rows, verified, or nothing.
 * @param beforeCommit stores the artifacts with these digests, before the database names them
 * @throws Fault CONFLICT when the database is not empty, or the backup was changed: at which seq of which run
 */
export async function restoreDatabase(
  folder: string,
  database: DatabaseConfig,
  key: NoteKey | undefined,
  beforeCommit: (digests: readonly string[]) => Promise<void>,
): Promise<DatabaseBackup & { readonly verified: VerifiedRows }> {
  const backup = await readManifest(folder);
  if (database.kind === 'postgres') {
    await migrate(database);
    await using writer = await writePostgresTables(revealDatabaseUrl(database.url));
    for await (const { id } of writer.query('SELECT id FROM nodes WHERE expires_at > now()')) {
      throw new Fault('CONFLICT', `The server ${id} uses the database. Stop all servers first.`);
    }
    const verified = await fill(writer, folder, backup, { key, beforeCommit });
    return { ...backup, verified };
  }
  const { file } = database;
  if (existsSync(file)) throw notEmpty(file);
  const draft = `${file}.restored`;
  for (const suffix of ['', '-wal', '-shm']) await rm(`${draft}${suffix}`, { force: true });
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await migrate({ kind: 'sqlite', file: draft });
    let verified: VerifiedRows;
    {
      await using writer = writeSqliteTables(draft);
      verified = await fill(writer, folder, backup, { key, beforeCommit });
    }
    await rename(draft, file);
    await syncFolder(dirname(file));
    return { ...backup, verified };
  } finally {
    for (const suffix of ['', '-wal', '-shm']) await rm(`${draft}${suffix}`, { force: true });
  }
}

const MANIFEST = 'database.json';

/** Of what runs have stored outside the database, or inside. */
const DIGESTS_SQL = `
  SELECT digest FROM artifacts
  UNION SELECT output_digest AS digest FROM steps WHERE output_digest IS NOT NULL AND output_text IS NULL
  ORDER BY 1`;

async function digestsOf(reader: TableReader): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const { digest } of reader.query(DIGESTS_SQL)) digests.push(String(digest));
  return digests;
}

function fileOf(folder: string, { name }: TableShape): string {
  return join(folder, `${name}.jsonl.gz`);
}

async function openReader(database: DatabaseConfig): Promise<TableReader> {
  if (database.kind === 'postgres') return readPostgresTables(revealDatabaseUrl(database.url));
  if (!existsSync(database.file)) {
    throw new Fault('NOT_FOUND', `There is no database ${database.file}. Set DATA_DIR to the folder of the server.`);
  }
  return readSqliteTables(database.file);
}

async function readManifest(folder: string): Promise<DatabaseBackup> {
  let backup: DatabaseBackup;
  try {
    backup = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as DatabaseBackup;
  } catch (cause) {
    const message = `There is no complete backup in ${dirname(folder)}: ${(cause as Error).message}.`;
    throw new Fault('BAD_INPUT', message, { cause });
  }
  if (backup.format === FORMAT && Array.isArray(backup.tables)) return backup;
  throw new Fault('BAD_INPUT', `The backup has the format ${backup.format}, and this version reads ${FORMAT}.`);
}

interface FillOptions {
  readonly key: NoteKey | undefined;
  beforeCommit(digests: readonly string[]): Promise<void>;
}

async function fill(
  writer: TableWriter,
  folder: string,
  backup: DatabaseBackup,
  { key, beforeCommit }: FillOptions,
): Promise<VerifiedRows> {
  const target = await writer.tables();
  if (JSON.stringify(shapesOf(target)) !== JSON.stringify(shapesOf(backup.tables))) {
    const message = `The backup was made by version ${backup.version}, whose tables are others. Restore it with that version, then upgrade.`;
    throw new Fault('CONFLICT', message);
  }
  for (const table of target) {
    for await (const _ of writer.query(`SELECT 1 AS found FROM "${table.name}" LIMIT 1`)) {
      if (table.name !== 'journal') throw notEmpty(`the database, whose table ${table.name} has rows`);
    }
  }
  // The other tables refer to runs.
  const inOrder = backup.tables.toSorted((a, b) => Number(b.name === 'runs') - Number(a.name === 'runs'));
  for (const table of inOrder) {
    if (table.name === 'journal') await writer.clear(table);
    for await (const rows of batches(readTableFile(fileOf(folder, table), table))) await writer.insert(table, rows);
  }
  const verified = await verifyRows(writer, key);
  await beforeCommit(await digestsOf(writer));
  await writer.commit();
  return verified;
}

/** Names and columns, in order, without the kind of database. */
function shapesOf(tables: readonly TableShape[]): unknown {
  return tables
    .map(({ name, columns }) => [name, Object.entries(columns).toSorted(([a], [b]) => (a < b ? -1 : 1))] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function* batches(rows: AsyncIterable<TableRow>): AsyncGenerator<readonly TableRow[]> {
  let batch: TableRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    batch.push(row);
    for (const value of Object.values(row)) if (typeof value === 'string') characters += value.length;
    if (batch.length < ROWS_PER_INSERT && characters < CHARACTERS_PER_INSERT) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function notEmpty(what: string): Fault {
  return new Fault('CONFLICT', `A backup is restored into an empty database only, and not into ${what}.`);
}
