import { STANDING_DELAY_MS } from '../../core/accounts/accounts.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Transaction } from '../connections/transactions.ts';

/** The channel on which transactions that change a followed table announce it. */
export const CHANGES_CHANNEL = 'signalbox_standings';

const REFRESH_INTERVAL_MS = STANDING_DELAY_MS / 2;

/** Calls back when another process may have changed a followed table. Undefined if the database cannot tell: then the table is read regularly. */
export type WatchChanges = ((onChange: () => void) => void) | undefined;

interface FollowOptions {
  readonly table: 'standings' | 'worker_restrictions' | 'access_tokens';
  /** Brings the copy in memory up to date. */
  readChanges(): Promise<void>;
  readonly watch: WatchChanges;
  readonly logger: Logger;
}

/** Keeps a copy of a table in memory, which follows the changes of all processes. */
export interface FollowedTable {
  /** Reads what has changed since the last time. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves once all rows are in memory. */
export async function followTable({ table, readChanges, watch, logger }: FollowOptions): Promise<FollowedTable> {
  let last: Promise<void> = readChanges();
  await last;
  const refresh = () => {
    last = last.then(readChanges, readChanges);
    return last;
  };

  let isStale = false;
  let refreshing = false;
  let isDue = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const follow = async () => {
    isDue = true;
    if (refreshing || isClosed) return;
    refreshing = true;
    try {
      while (isDue) {
        isDue = false;
        await refresh();
      }
      isStale = false;
    } catch (error) {
      if (!isStale) logger.warn(`store.${table}_stale`, { reason: String(error) });
      isStale = true;
    } finally {
      refreshing = false;
    }
    if (!isClosed && (isStale || !watch)) timer = setTimeout(() => void follow(), REFRESH_INTERVAL_MS).unref();
  };
  if (watch) watch(() => void follow());
  // A change between the first read and the watch would be missed.
  void follow();

  return {
    refresh,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await last.catch(() => {});
    },
  };
}

/**
 * Must be the first statement of a transaction that changes a followed table: it makes such transactions wait for each other
 * until they are committed, so that revisions become visible in their order and a reader misses none.
 */
export async function lockTable(
  tx: Transaction,
  kind: DatabaseConfig['kind'],
  table: FollowOptions['table'],
): Promise<void> {
  // On SQLite any statement that writes takes the lock.
  if (kind === 'sqlite') await tx.$executeRawUnsafe(`UPDATE ${table} SET revision = revision WHERE FALSE`);
  else {
    await tx.$executeRawUnsafe(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
    // Delivered when the transaction is committed.
    await tx.$executeRaw`SELECT pg_notify(${CHANGES_CHANNEL}, '')`;
  }
}
