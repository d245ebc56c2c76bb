import type { Logger, Metrics } from '../core/telemetry.ts';
import type { Backend } from './backend.ts';
import { openSqlitePrisma } from './connections/prisma.ts';
import { openSqliteConnection } from './connections/sqlite-connection.ts';
import { createSqliteTransactions } from './connections/transactions.ts';
import { openJournal } from './journal/open-journal.ts';
import { createSqliteEventReader } from './sqlite/event-reader.ts';
import { createSqliteLeases } from './sqlite/leases.ts';
import { createSqliteSnapshots } from './sqlite/snapshots.ts';
import { createTimeSlices } from './sqlite/time-slices.ts';
import { createSqliteInbox } from './tables/inbox.ts';

interface OpenSqliteDeps {
  readonly node: string;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** The store on one file, which one process has for itself; `migrate` has made it. */
export async function openSqliteBackend(file: string, { node, logger, metrics }: OpenSqliteDeps): Promise<Backend> {
  const db = openSqliteConnection(file, { readonly: true });
  const prisma = await openSqlitePrisma(file);
  const transactions = createSqliteTransactions(file, prisma);
  const events = createSqliteEventReader(db, createTimeSlices());
  const { snapshot, tables } = createSqliteSnapshots(db);
  const writer = { journal: { kind: 'sqlite', file }, node } as const;
  return {
    prisma,
    transactions,
    events,
    journal: await openJournal({ writer, events, logger, ...(metrics && { metrics }) }),
    leases: createSqliteLeases({ prisma, transactions, node }),
    inbox: createSqliteInbox({ prisma, transactions }),
    snapshot: async (scope, id) => snapshot(scope, id),
    tables: async (scope, id) => tables(scope, id),
    close: async () => {
      await transactions.close();
      await prisma.$disconnect();
      db.close();
    },
  };
}
