import type { Inbox, Leases } from '../core/leases.ts';
import type { Scope } from '../core/principal.ts';
import type { RunSnapshot } from '../core/run.ts';
import type { RunTables } from './audit/verify-run.ts';
import type { Prisma } from './connections/prisma.ts';
import type { Transactions } from './connections/transactions.ts';
import type { EventReader } from './journal/event-reader.ts';
import type { SharedJournal } from './journal/open-journal.ts';

/** What a store is made of on one kind of database. */
export interface Backend {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly events: EventReader;
  readonly journal: SharedJournal;
  readonly leases: Leases;
  readonly inbox: Inbox;
  /** A run and its steps at one moment. */
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** Everything that the tables say of a run at one moment. */
  tables(scope: Scope, id: string): Promise<RunTables | undefined>;
  /** Closes its connections; the journal is closed before. */
  close(): Promise<void>;
}
