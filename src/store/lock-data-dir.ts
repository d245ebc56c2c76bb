import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Fault } from '../core/errors.ts';

/** Keeps the connections referenced: otherwise the garbage collector would close them and release their locks. */
const heldLocks = new Set<Database.Database>();

/**
 * Locks a data folder for this process, so that two servers never use the same one: each would miss what the other appends.
 * The lock is SQLite's lock on an empty file, so the operating system releases it however the process ends.
 * @returns releases the lock
 * @throws Fault CONFLICT if another process holds it
 */
export function lockDataDir(dataDir: string): () => void {
  const db = new Database(join(dataDir, 'lock'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    const message = `Another Signalbox process uses ${dataDir}. Stop it, or set DATA_DIR to another folder.`;
    throw new Fault('CONFLICT', message, { cause });
  }
  heldLocks.add(db);
  return () => {
    heldLocks.delete(db);
    db.close();
  };
}
