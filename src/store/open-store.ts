import { toEvent } from '../audit/verify-chain.ts';
import type { AccessTokens } from '../core/accounts/access-tokens.ts';
import {
  type AccountStandings,
  type Accounts,
  type Credentials,
  QUOTAS,
  type QuotaTable,
  type QuotaUsage,
  type WorkspaceUsage,
} from '../core/accounts/accounts.ts';
import type { SavedViews } from '../core/accounts/saved-views.ts';
import type { SealedValues } from '../core/accounts/sealed-values.ts';
import type { Memories, TokenUsage } from '../core/agent-stores.ts';
import { systemClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import type { Journal } from '../core/journal.ts';
import type { Inbox, Leases } from '../core/leases.ts';
import type { Scope } from '../core/principal.ts';
import type { WorkerHandshakes, WorkerRestrictions } from '../core/runtime.ts';
import type { ChainVerification, DeadLetters, JobEndings, StoreReader } from '../core/store-reader.ts';
import type { Logger, Metrics, StorageWatch } from '../core/telemetry.ts';
import type { FlowTickets } from '../core/workflows/flow-control.ts';
import type { WebhookDeliveries, WebhookSource, Webhooks } from '../core/workflows/webhooks.ts';
import type { Schedules, Workflows } from '../core/workflows/workflows.ts';
import { type Audit, type AuditOptions, openAudit, readAuditKey } from './audit/open-audit.ts';
import { verifyRun } from './audit/verify-run.ts';
import { type DatabaseConfig, revealDatabaseUrl } from './connections/database-config.ts';
import { readRetentionFloor, withRetentionFloor } from './journal/retention-floor.ts';
import { migrate } from './migrations/migrate.ts';
import { createRetention, type Retention, type RetentionOptions } from './retention/retention.ts';
import type { EventRow } from './rows/event-row.ts';
import { startTextIndex, type TextIndex } from './search/text-index.ts';
import { openAccessTokens } from './tables/accounts/access-tokens.ts';
import { createAccounts } from './tables/accounts/accounts.ts';
import { createCredentials } from './tables/accounts/credentials.ts';
import { createSavedViews } from './tables/accounts/saved-views.ts';
import { openStandings } from './tables/accounts/standings.ts';
import { createDeadLetters } from './tables/dead-letters.ts';
import { createFlowTickets } from './tables/flow/flow-tickets.ts';
import { createJobEndings } from './tables/job-endings.ts';
import { createMemories } from './tables/memories.ts';
import { createQuotaUsage } from './tables/quota-usage.ts';
import { createSchedules } from './tables/schedules.ts';
import { createSealedValues } from './tables/sealed-values.ts';
import { createStoreReader } from './tables/store-reader.ts';
import { createTokenUsage } from './tables/token-usage.ts';
import { createWebhookDeliveries } from './tables/webhooks/webhook-deliveries.ts';
import { createWebhookSource } from './tables/webhooks/webhook-source.ts';
import { createWebhooks } from './tables/webhooks/webhooks.ts';
import { createWorkflows } from './tables/workflows.ts';
import { createWorkspaceUsage } from './tables/workspace-usage.ts';

/** Everything that is stored, and the only access to it. */
export interface Store {
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly accounts: Accounts;
  readonly standings: AccountStandings;
  readonly accessTokens: AccessTokens;
  readonly workflows: Workflows;
  readonly schedules: Schedules;
  readonly memories: Memories;
  readonly tokens: TokenUsage;
  readonly quotaUsage: QuotaUsage;
  readonly workspaceUsage: WorkspaceUsage;
  readonly credentials: Credentials;
  readonly sealedValues: SealedValues;
  readonly savedViews: SavedViews;
  /** Which node drives which runs. This store appends only to runs that its node owns. */
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly jobEndings: JobEndings;
  readonly flowTickets: FlowTickets;
  readonly webhooks: Webhooks;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly webhookSource: WebhookSource;
  /** Finds texts in runs that have ended; fills in the background. */
  readonly textIndex: Pick<TextIndex, 'tick'>;
  /** The node that this store appends as. */
  readonly nodeId: string;
  /** Signs the ends of runs, and exports the proofs. */
  readonly audit: Omit<Audit, 'verifyLeaves'>;
  /** Starts to remove old runs and artifacts; must be stopped before the store is closed. */
  startRetention(options: RetentionOptions): Retention;
  /** Watches the database's files and pages; must be stopped before the store is closed. */
  watchStorage(): StorageWatch;
  /** What is known of workers on the bus; the restrictions must be closed before the store is. */
  openWorkerTables(): Promise<{ readonly restrictions: WorkerRestrictions; readonly handshakes: WorkerHandshakes }>;
  /** Recomputes a run's chain and its rows; undefined if the scope does not cover the run. */
  verifyRun(scope: Scope, id: string): Promise<ChainVerification | undefined>;
  /** Waits until all appends are durable, then closes. */
  close(): Promise<void>;
}

interface StoreOptions {
  /** A file and its folder are created if they do not exist; a PostgreSQL database must exist. */
  readonly database: DatabaseConfig;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
  /** Default: a new id. */
  readonly nodeId?: string;
  /** Limits of what is stored. Default: those of `QUOTAS`. */
  readonly quotas?: QuotaTable;
  /** Default: no checkpoint is signed. */
  readonly audit?: AuditOptions;
}

/** Rows of a run in one read. */
const ROWS_PER_READ = 100;

/** Migrates the database, and opens the store. @throws Fault UNAVAILABLE if it cannot be reached or migrated */
export async function openStore({
  database,
  nodeId = newId('node'),
  audit: auditOptions,
  quotas = QUOTAS,
  ...deps
}: StoreOptions): Promise<Store> {
  const key = auditOptions && readAuditKey(auditOptions);
  const applied = await migrate(database);
  if (applied.length > 0) deps.logger.info('store.migrated', { migrations: applied });
  const backend = await openBackend(database, { ...deps, nodeId });
  const { prisma, transactions, leases, inbox, events } = backend;
  const journal = withRetentionFloor(backend.journal, () => readRetentionFloor(prisma));

  async function* rows(runId: string): AsyncGenerator<EventRow> {
    for (let seq = 0; ; ) {
      const batch = await events.readRun(runId, seq, ROWS_PER_READ);
      yield* batch;
      if (batch.length < ROWS_PER_READ) return;
      seq = batch.at(-1)?.seq ?? seq;
    }
  }

  async function* eventsOf(runId: string) {
    for await (const row of rows(runId)) yield toEvent(row);
  }

  const reader = createStoreReader({
    ...{ prisma, kind: database.kind, eventsOf },
    ...{ readSnapshot: backend.snapshot, readByKey: backend.runByKey },
  });
  const audit = await openAudit(
    { prisma, transactions, journal, logger: deps.logger, run: reader.run, rows },
    auditOptions,
    key,
  );
  const { kind } = database;
  const textIndex = startTextIndex({ prisma, transactions, kind, logger: deps.logger, head: () => journal.head() });
  const followed = { prisma, transactions, kind, logger: deps.logger, watch: backend.watchChanges };
  const standings = await openStandings(followed);
  const accessTokens = await openAccessTokens({ ...followed, clock: systemClock });

  return {
    journal,
    reader,
    accounts: createAccounts({ prisma, transactions, kind, standings, clock: systemClock }),
    standings,
    accessTokens,
    workflows: createWorkflows({ prisma, transactions, quotas }),
    schedules: createSchedules({ prisma, transactions }),
    memories: createMemories({ prisma, transactions, quotas }),
    tokens: createTokenUsage({ prisma, transactions, kind }),
    quotaUsage: createQuotaUsage({ prisma, transactions, limits: quotas }),
    workspaceUsage: createWorkspaceUsage({ transactions }),
    credentials: createCredentials({ prisma, transactions }),
    sealedValues: createSealedValues({ prisma, transactions }),
    savedViews: createSavedViews({ prisma, transactions }),
    audit,
    startRetention: (options) => createRetention({ prisma, transactions, kind, logger: deps.logger, ...options }),
    watchStorage: backend.watchStorage,
    leases,
    inbox,
    deadLetters: createDeadLetters({ prisma, transactions }),
    jobEndings: createJobEndings({ prisma, transactions, nodeId }),
    flowTickets: createFlowTickets({ prisma, transactions, kind }),
    webhooks: createWebhooks({ prisma, transactions, quotas }),
    webhookDeliveries: createWebhookDeliveries({ prisma, transactions }),
    webhookSource: createWebhookSource({ prisma, transactions, nodeId }),
    textIndex,
    nodeId,
    openWorkerTables: async () => {
      const [{ openWorkerRestrictions }, { createWorkerHandshakes }] = await Promise.all([
        import('./tables/worker-restrictions.ts'),
        import('./tables/worker-handshakes.ts'),
      ]);
      // Only this process changes them where the database cannot tell.
      const watch = backend.watchChanges ?? (() => {});
      return {
        restrictions: await openWorkerRestrictions({ prisma, transactions, kind, logger: deps.logger, watch }),
        handshakes: createWorkerHandshakes({ prisma, transactions, kind }),
      };
    },
    verifyRun: (scope, id) => verifyRun({ tables: backend.tables, rows, verifyLeaves: audit.verifyLeaves }, scope, id),
    close: async () => {
      await journal.close();
      await audit.checkpointer?.stop();
      await standings.close();
      await accessTokens.close();
      await textIndex.stop();
      await backend.close();
    },
  };
}

/** Loads only the modules that the database needs. */
async function openBackend(
  database: DatabaseConfig,
  deps: Omit<StoreOptions, 'database'> & { readonly nodeId: string },
) {
  if (database.kind === 'sqlite') {
    return (await import('./sqlite-backend.ts')).openSqliteBackend(database.file, deps);
  }
  return (await import('./postgres-backend.ts')).openPostgresBackend(revealDatabaseUrl(database.url), deps);
}
