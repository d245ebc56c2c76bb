import type { Inbox } from '../core/leases.ts';
import type { Logger, Metrics } from '../core/telemetry.ts';
import { type Backend, startWriter } from './backend.ts';
import { openSqliteConnection } from './connections/sqlite-connection.ts';
import { createSqliteTransactions, openSqlitePrisma } from './connections/sqlite-prisma.ts';
import type { Prisma, Transactions } from './connections/transactions.ts';
import { openJournal } from './journal/open-journal.ts';
import { createSqliteEventReader } from './sqlite/event-reader.ts';
import { watchDatabaseFile } from './sqlite/file-watch.ts';
import { createSqliteLeases } from './sqlite/leases.ts';
import { createSqliteRunReads } from './sqlite/run-reads.ts';
import { createTimeSlices } from './sqlite/time-slices.ts';
import { createInbox, createInboxWatchers } from './tables/inbox.ts';

interface OpenSqliteDeps {
  readonly nodeId: string;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** The store on one file, which only one process uses; `migrate` must have created it. */
export async function openSqliteBackend(file: string, { nodeId, logger, metrics }: OpenSqliteDeps): Promise<Backend> {
  const db = openSqliteConnection(file, { readonly: true });
  const prisma = await openSqlitePrisma(file);
  const transactions = createSqliteTransactions(file, prisma);
  const events = createSqliteEventReader(db, createTimeSlices());
  const { snapshot, tables, runByKey } = createSqliteRunReads(db);
  return {
    prisma,
    transactions,
    events,
    journal: await openJournal({
      startWriter: () => startWriter({ journal: { kind: 'sqlite', file }, nodeId }),
      events,
      logger,
      ...(metrics && { metrics }),
    }),
    leases: createSqliteLeases({ prisma, transactions, nodeId }),
    inbox: createSqliteInbox(prisma, transactions),
    watchChanges: undefined,
    snapshot: async (scope, id) => snapshot(scope, id),
    tables: async (scope, id) => tables(scope, id),
    runByKey: async (...key) => runByKey(...key),
    watchStorage: () => watchDatabaseFile(file, logger),
    close: async () => {
      await transactions.close();
      await prisma.$disconnect();
      db.close();
    },
  };
}

/** The inbox of a store that only one process uses. */
function createSqliteInbox(prisma: Prisma, transactions: Transactions): Inbox {
  const { watch, notify } = createInboxWatchers();
  return createInbox({
    prisma,
    transactions,
    watch,
    add: async (message) => {
      const { id, runId, payload, createdAt } = message;
      await transactions.write(
        (client) => client.$executeRaw`INSERT OR IGNORE INTO messages (id, run_id, payload, created_at)
          VALUES (${id}, ${runId}, ${payload}, ${createdAt.getTime()})`,
      );
      notify(message.runId);
    },
  });
}
