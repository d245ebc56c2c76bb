import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Fault } from '../core/errors.ts';

/** A connection that nobody refers to is closed by the garbage collector, and its lock with it. */
const heldLocks = new Set<Database.Database>();

/**
 * Holds a data folder for this process, so that two servers never run on one: each would miss what the other appends.
 * The lock is SQLite's own on an empty file, so the system frees it however the process ends.
 * @returns gives the folder back.
 * @throws Fault CONFLICT when another process holds it
 */
export function lockDataDir(dataDir: string): () => void {
  const db = new Database(join(dataDir, 'lock'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    const message = `Another Signalbox process uses ${dataDir}. Stop it, or set DATA_DIR to a folder of its own.`;
    throw new Fault('CONFLICT', message, { cause });
  }
  heldLocks.add(db);
  return () => {
    heldLocks.delete(db);
    db.close();
  };
}
