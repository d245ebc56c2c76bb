import Database from 'better-sqlite3';

export type SqliteConnection = Database.Database;

/** How long a statement waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * A connection to the store's file, which `migrate` has made. WAL lets readers and the writer not wait for each other;
 * synchronous FULL makes a commit durable before it returns (sqlite.org/pragma.html#pragma_synchronous).
 */
export function openSqliteConnection(file: string, { readonly }: { readonly readonly: boolean }): SqliteConnection {
  const db = new Database(file, { readonly, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma('foreign_keys = ON');
  if (readonly) {
    // In KiB. What one connection forgets, the operating system still has.
    db.pragma('cache_size = -4096');
  } else {
    db.pragma('synchronous = FULL');
    // What a burst left in the write-ahead log is given back to the disk.
    db.pragma('journal_size_limit = 67108864');
  }
  return db;
}
