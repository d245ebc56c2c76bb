import { newId } from '../core/ids.ts';
import type { Journal } from '../core/journal.ts';
import type { Scope } from '../core/principal.ts';
import type {
  Accounts,
  ChainVerification,
  Credentials,
  Inbox,
  Leases,
  Memories,
  Schedules,
  StoreReader,
  TokenUsage,
  Workflows,
} from '../core/store.ts';
import type { Logger, Metrics } from '../core/telemetry.ts';
import { type Audit, type AuditOptions, openAudit, readAuditKey } from './audit/open-audit.ts';
import { verifyRun } from './audit/verify-run.ts';
import { type Database, databaseUrl } from './connections/database-config.ts';
import { readFloor, withFloor } from './journal/retention-floor.ts';
import { migrate } from './migrations/migrate.ts';
import { createRetention, type Retention, type RetentionOptions } from './retention/retention.ts';
import { type StoredEvent, toEvent } from './rows/event-row.ts';
import { createPrismaAccounts } from './tables/accounts.ts';
import { createPrismaCredentials } from './tables/credentials.ts';
import { createPrismaMemories } from './tables/memories.ts';
import { createPrismaSchedules } from './tables/schedules.ts';
import { createPrismaReader } from './tables/store-reader.ts';
import { createPrismaTokenUsage } from './tables/token-usage.ts';
import { createPrismaWorkflows } from './tables/workflows.ts';

/** All that is stored, and the only ways to it. */
export interface Store {
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly accounts: Accounts;
  readonly workflows: Workflows;
  readonly schedules: Schedules;
  readonly memories: Memories;
  readonly tokens: TokenUsage;
  readonly credentials: Credentials;
  /** Who drives which runs. This store appends only to those that its node owns. */
  readonly leases: Leases;
  readonly inbox: Inbox;
  /** The name under which it appends: its own at each opening. */
  readonly node: string;
  /** Signs the ends of runs, and exports what shows them. */
  readonly audit: Omit<Audit, 'verifyLeaves'>;
  /** Starts to remove what has become too old; stop it before the store is closed. */
  startRetention(options: RetentionOptions): Retention;
  /** Recomputes a run's chain and its rows; undefined when the scope covers no such run. */
  verifyRun(scope: Scope, id: string): Promise<ChainVerification | undefined>;
  /** Waits until everything that was appended is durable. */
  close(): Promise<void>;
}

interface StoreOptions {
  /** A file and its folder are made when they are not there; a PostgreSQL database must be. */
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
  /** Made when it is not given. */
  readonly node?: string;
  /** Without it no checkpoint is signed. */
  readonly audit?: AuditOptions;
}

/** Rows of a run that are read at once. */
const ROWS = 100;

/** Opens the store, migrated. @throws Fault UNAVAILABLE when it cannot be reached or migrated */
export async function openStore({
  database,
  node = newId('node'),
  audit: signing,
  ...deps
}: StoreOptions): Promise<Store> {
  const key = signing && readAuditKey(signing);
  const applied = await migrate(database);
  if (applied.length > 0) deps.logger.info('store.migrated', { migrations: applied });
  const backend = await open(database, { ...deps, node });
  const { prisma, transactions, leases, inbox, events } = backend;
  const journal = withFloor(backend.journal, () => readFloor(prisma));

  async function* rows(runId: string): AsyncGenerator<StoredEvent> {
    for (let seq = 0; ; ) {
      const found = await events.ofRun(runId, seq, ROWS);
      yield* found;
      if (found.length < ROWS) return;
      seq = found.at(-1)?.seq ?? seq;
    }
  }

  async function* eventsOf(runId: string) {
    for await (const row of rows(runId)) yield toEvent(row);
  }

  const reader = createPrismaReader({ prisma, kind: database.kind, readSnapshot: backend.snapshot, eventsOf });
  const audit = await openAudit(
    { prisma, transactions, journal, logger: deps.logger, run: reader.run, rows },
    signing,
    key,
  );

  return {
    journal,
    reader,
    accounts: createPrismaAccounts({ prisma, transactions }),
    workflows: createPrismaWorkflows({ prisma, transactions }),
    schedules: createPrismaSchedules({ prisma, transactions }),
    memories: createPrismaMemories({ prisma, transactions }),
    tokens: createPrismaTokenUsage({ transactions, kind: database.kind }),
    credentials: createPrismaCredentials({ prisma, transactions }),
    audit,
    startRetention: (options) => createRetention({ prisma, transactions, logger: deps.logger, ...options }),
    leases,
    inbox,
    node,
    verifyRun: (scope, id) => verifyRun({ tables: backend.tables, rows, verifyLeaves: audit.verifyLeaves }, scope, id),
    close: async () => {
      await journal.close();
      await audit.checkpointer?.stop();
      await backend.close();
    },
  };
}

/** Loads what the database needs, and nothing of the other one. */
async function open(database: Database, deps: Omit<StoreOptions, 'database'> & { readonly node: string }) {
  if (database.kind === 'sqlite') {
    return (await import('./sqlite-backend.ts')).openSqliteBackend(database.file, deps);
  }
  return (await import('./postgres-backend.ts')).openPostgresBackend(databaseUrl(database.url), deps);
}
