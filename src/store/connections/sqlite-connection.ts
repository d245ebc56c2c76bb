import Database from 'better-sqlite3';

export type SqliteConnection = Database.Database;

/** How long a statement waits for the lock of another process, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * A connection to the store's file, which `migrate` has created. With WAL readers and the writer do not wait for each other;
 * synchronous FULL makes a commit durable before it returns (sqlite.org/pragma.html#pragma_synchronous).
 */
export function openSqliteConnection(file: string, { readonly }: { readonly readonly: boolean }): SqliteConnection {
  const db = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma('foreign_keys = ON');
  if (readonly) {
    // In KiB. Pages that one connection drops are still in the operating system's cache.
    db.pragma('cache_size = -4096');
  } else {
    db.pragma('synchronous = FULL');
    // In KiB: every append changes the newest pages of all indexes, which have to stay in memory.
    db.pragma('cache_size = -8192');
    // Limits the size of the write-ahead log that remains after a burst.
    db.pragma('journal_size_limit = 67108864');
  }
  return db;
}
