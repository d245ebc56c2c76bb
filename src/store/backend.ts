import { Worker } from 'node:worker_threads';
import type { Inbox, Leases } from '../core/leases.ts';
import type { Scope } from '../core/principal.ts';
import type { RunRecord, RunSnapshot } from '../core/run.ts';
import type { StorageWatch } from '../core/telemetry.ts';
import type { Prisma, Transactions } from './connections/transactions.ts';
import type { EventReader } from './journal/event-reader.ts';
import type { SharedJournal } from './journal/open-journal.ts';
import type { WriterOptions } from './journal/writer-protocol.ts';
import type { RunTables } from './rows/run-tables.ts';
import type { WatchChanges } from './tables/follow-table.ts';

/** The parts of a store that depend on the kind of its database. */
export interface Backend {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly events: EventReader;
  readonly journal: SharedJournal;
  readonly leases: Leases;
  readonly inbox: Inbox;
  /** Calls back after each transaction of any node that changed a followed table; undefined if the database cannot tell. */
  readonly watchChanges: WatchChanges;
  /** A run and its steps at one moment. */
  snapshot(scope: Scope, id: string): Promise<RunSnapshot | undefined>;
  /** Everything that the tables hold about a run, at one moment. */
  tables(scope: Scope, id: string): Promise<RunTables | undefined>;
  /** The run that a principal started with an idempotency key. */
  runByKey(tenant: string, subject: string, idempotencyKey: string): Promise<RunRecord | undefined>;
  /** Watches the database's files and pages; must be stopped before it is closed. */
  watchStorage(): StorageWatch;
  /** Closes its connections; the journal is closed before. */
  close(): Promise<void>;
}

/** Starts the thread of the journal's writer, which writer.ts serves. */
export function startWriter(workerData: WriterOptions): Worker {
  return new Worker(new URL('./writer.ts', import.meta.url), {
    workerData,
    name: 'journal-writer',
    // Its objects are short-lived; a larger nursery only collects them later, which costs some 60 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
}
