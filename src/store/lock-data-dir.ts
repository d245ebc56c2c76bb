import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Fault } from '../core/errors.ts';
import type { Logger } from '../core/telemetry.ts';

/** Keeps the connections referenced: otherwise the garbage collector would close them and release their locks. */
const heldLocks = new Set<Database.Database>();

export interface DataDirLock {
  /** Locks a file as well, under all its names. Does nothing if it does not exist or is locked already. @throws Fault CONFLICT */
  lockFile(path: string): void;
  release(): void;
}

/**
 * Locks a data folder for this process, so that two servers never use the same one: each would miss what the other appends.
 * The operating system releases the locks however the process ends.
 *
 * The folder and files are locked as such, not by name, so a second server finds them locked under every path, link or mount.
 * SQLite's lock on the file `lock` remains for servers of earlier versions, and where flock(1) is missing.
 * @throws Fault CONFLICT if another process holds a lock
 */
export function lockDataDir(dataDir: string, logger: Logger): DataDirLock {
  const unlockName = lockName(dataDir);
  const descriptors = new Map<string, number>();
  const lockInode = (path: string) => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    const inode = stats && `${stats.dev}:${stats.ino}`;
    if (inode === undefined || descriptors.has(inode)) return;
    const descriptor = openSync(path, 'r');
    descriptors.set(inode, descriptor);
    const problem = lockDescriptor(descriptor);
    if (problem === 'held') throw heldFault(path);
    if (problem !== undefined) logger.warn('store.lock_by_name', { path, problem });
  };
  const release = () => {
    // Closing a file releases SQLite's locks on it in this process too: the store must be closed before.
    for (const descriptor of descriptors.values()) closeSync(descriptor);
    descriptors.clear();
    unlockName();
  };
  try {
    lockInode(dataDir);
  } catch (error) {
    release();
    throw error;
  }
  return { lockFile: lockInode, release };
}

function lockName(dataDir: string): () => void {
  const db = new Database(join(dataDir, 'lock'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw heldFault(dataDir, cause);
  }
  heldLocks.add(db);
  return () => {
    heldLocks.delete(db);
    db.close();
  };
}

/** Of flock(1), when another process holds the lock. */
const EXIT_HELD = 1;
const FLOCK = 'flock';

/**
 * Node has no flock(2), but flock(1) can call it for a descriptor that it inherits. The lock belongs to what is open, so it stays
 * with this process. It is independent of the locks of SQLite, which are of another kind.
 * @returns why it is not locked; undefined if it is
 */
function lockDescriptor(descriptor: number): string | undefined {
  const { status, stderr, error } = spawnSync(FLOCK, ['-x', '-n', '3'], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  if (status === EXIT_HELD) return 'held';
  return error?.message ?? `flock ended with ${status}: ${stderr.trim()}`;
}

function heldFault(path: string, cause?: unknown): Fault {
  const message = `Another Signalbox process uses ${path}. Stop it, or set DATA_DIR to another folder.`;
  return new Fault('CONFLICT', message, { cause });
}
