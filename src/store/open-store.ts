import type { Journal } from '../core/journal.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Scope } from '../core/principal.ts';
import type { Accounts, ChainVerification, StoreReader } from '../core/store.ts';
import { migrate } from './migrate.ts';
import { openPrisma } from './prisma.ts';
import { createPrismaAccounts } from './prisma-accounts.ts';
import { createPrismaReader } from './prisma-reader.ts';
import { openSqlite } from './sqlite-database.ts';
import { createSqliteEvents } from './sqlite-events.ts';
import { createSqliteJournal } from './sqlite-journal.ts';
import { createSqliteSnapshots } from './sqlite-snapshot.ts';
import { type StoredEvent, toEvent } from './stored-event.ts';
import { createTurns } from './turns.ts';
import { verifyRun } from './verify-run.ts';

/** All that is stored, and the only ways to it. */
export interface Store {
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly accounts: Accounts;
  /** Recomputes a run's chain and its rows; undefined when the scope covers no such run. */
  verifyRun(scope: Scope, id: string): Promise<ChainVerification | undefined>;
  /** Waits until everything that was appended is durable. */
  close(): Promise<void>;
}

interface StoreOptions {
  /** The database file; it and its folder are made when they are not there. */
  readonly file: string;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** Rows of a run that are read at once. */
const ROWS = 100;

/** Opens the store on SQLite, migrated. @throws Fault UNAVAILABLE when it cannot be migrated */
export async function openStore({ file, logger, metrics }: StoreOptions): Promise<Store> {
  const applied = await migrate(file);
  if (applied.length > 0) logger.info('store.migrated', { migrations: applied });
  const db = openSqlite(file, { readonly: true });
  const prisma = await openPrisma(file);
  const inTurn = createTurns();
  const events = createSqliteEvents(db);
  const { snapshot, tables } = createSqliteSnapshots(db);
  const journal = createSqliteJournal({ file, events, logger, inTurn, ...(metrics && { metrics }) });

  async function* rows(runId: string): AsyncGenerator<StoredEvent> {
    for (let seq = 0; ; ) {
      const found = await inTurn(() => events.ofRun(runId, seq, ROWS));
      yield* found;
      if (found.length < ROWS) return;
      seq = found.at(-1)?.seq ?? seq;
    }
  }

  async function* eventsOf(runId: string) {
    for await (const row of rows(runId)) yield toEvent(row);
  }

  return {
    journal,
    reader: createPrismaReader({ prisma, readSnapshot: snapshot, eventsOf }),
    accounts: createPrismaAccounts(prisma),
    verifyRun: (scope, id) => verifyRun({ tables, rows }, scope, id),
    close: async () => {
      await journal.close();
      await prisma.$disconnect();
      db.close();
    },
  };
}
