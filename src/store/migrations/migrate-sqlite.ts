import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Fault } from '../../core/errors.ts';
import { applyMigrations, hasAllMigrations } from './apply-migrations.ts';

/**
 * Brings the database file up to date with prisma/migrations, and creates the file and its folder if they do not exist.
 * A new file appears complete or not at all. If nothing is to be done, the schema engine is not loaded.
 * @returns names of the migrations that were applied
 * @throws Fault UNAVAILABLE if a newer version migrated the file, another process locks it, or a migration failed
 */
export async function migrateSqlite(file: string): Promise<readonly string[]> {
  if (existsSync(file)) return (await isUpToDate(file)) ? [] : applyMigrations({ kind: 'sqlite', file });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new-${randomUUID()}`;
  try {
    createDatabaseFile(draft);
    const applied = await applyMigrations({ kind: 'sqlite', file: draft });
    await publishDatabaseFile(draft, file);
    return applied;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return migrateSqlite(file);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function createDatabaseFile(file: string): void {
  // The journal records who did what: only the server may read it.
  writeFileSync(file, '', { mode: 0o600 });
  const db = new Database(file);
  // Both are stored in the file, and must be set before its first table exists. Larger pages: a run's rows are a few KB.
  db.pragma('page_size = 8192');
  db.pragma('journal_mode = WAL');
  db.close();
}

/** @throws EEXIST if another process created the file meanwhile: unlike a rename, a link never replaces it. */
async function publishDatabaseFile(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // The file system has no hard links.
    await rename(draft, file);
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function isUpToDate(file: string): Promise<boolean> {
  return hasAllMigrations('sqlite', listAppliedSqliteMigrations(file));
}

/** Names of the migrations that were applied to a file. @throws Fault UNAVAILABLE if it is not a database */
export function listAppliedSqliteMigrations(file: string, readonly = false): string[] {
  const db = new Database(file, { fileMustExist: true, readonly });
  try {
    const table = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`).get();
    if (table === undefined) return [];
    return db
      .prepare<[], string>(
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
      .pluck()
      .all();
  } catch (cause) {
    if (!['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(String((cause as { code?: unknown }).code))) throw cause;
    const message = `${file} is not a Signalbox database. Restore a backup, or move it away to start with a new one.`;
    throw new Fault('UNAVAILABLE', message, { cause });
  } finally {
    db.close();
  }
}
