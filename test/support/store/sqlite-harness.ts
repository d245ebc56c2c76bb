import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Logger } from '../../../src/core/telemetry.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { createMigratedFile } from './migrated-database.ts';

export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A SQLite file in a temporary folder. */
export async function sqliteHarness(): Promise<StoreHarness & { readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-store-'));
  const file = join(folder, 'signalbox.db');
  await createMigratedFile(file);
  const withConnection = <T>(work: (db: Database.Database) => T): T => {
    const db = new Database(file);
    try {
      db.pragma('foreign_keys = OFF');
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    file,
    kind: 'sqlite',
    open: (options) => openStore({ database: { kind: 'sqlite', file }, logger: silentLogger, ...options }),
    tamper: async (sql, ...values) => withConnection((db) => void db.prepare(sql).run(...values)),
    query: async <Row>(sql: string, ...values: unknown[]) =>
      withConnection((db) => db.prepare(sql).all(...values) as Row[]),
    lock: async () => {
      const db = new Database(file);
      db.exec('BEGIN IMMEDIATE');
      return async () => void db.close();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
