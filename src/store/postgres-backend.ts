import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Logger, Metrics } from '../core/telemetry.ts';
import { type Backend, startWriter } from './backend.ts';
import { connectionConfig } from './connections/postgres-connection.ts';
import { createPostgresTransactions, openPostgresPrisma } from './connections/postgres-prisma.ts';
import { rethrowUnavailable } from './connections/retry-reads.ts';
import { openJournal } from './journal/open-journal.ts';
import { checkPostgresPages } from './postgres/check-pages.ts';
import { createPostgresEventReader } from './postgres/event-reader.ts';
import { JOURNAL_CHANNEL } from './postgres/group-statement.ts';
import { createPostgresLeases } from './postgres/leases.ts';
import { startListener } from './postgres/listener.ts';
import { createPostgresRunReads } from './postgres/run-reads.ts';
import { CHANGES_CHANNEL } from './tables/follow-table.ts';
import { createInbox, createInboxWatchers } from './tables/inbox.ts';

interface OpenPostgresDeps {
  readonly nodeId: string;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** Connections for everything except the writer and the listener, which have dedicated ones. */
const POOL_SIZE = 10;

/** A node that stalls inside a transaction loses its locks, so that the others can continue; in milliseconds. */
const SESSION = { lock_timeout: '5000', idle_in_transaction_session_timeout: '3000' };

/** How long the node waits for its writer to report a commit, in milliseconds. */
const OWN_COMMIT_GRACE_MS = 2_000;

/** The channel on which nodes announce messages to runs; the payload is the run's id. */
const INBOX_CHANNEL = 'signalbox_inbox';

/** The store on a PostgreSQL database, which several nodes share; `migrate` must have brought it up to date. */
export async function openPostgresBackend(
  url: string,
  { nodeId, logger, metrics }: OpenPostgresDeps,
): Promise<Backend> {
  const pool = new pg.Pool({ ...connectionConfig(url, 'reader', SESSION), max: POOL_SIZE });
  // The pool drops the connection, and opens another when it is needed.
  pool.on('error', (error) => logger.warn('store.connection_lost', { reason: error.message }));
  // The user of the connection gets the error from its query; an unhandled error event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const prisma = openPostgresPrisma(new PrismaPg(pool));
  const transactions = createPostgresTransactions(prisma);
  const events = createPostgresEventReader(pool);
  const journal = await openJournal({
    startWriter: () => startWriter({ journal: { kind: 'postgres', url }, nodeId }),
    events,
    logger,
    ...(metrics && { metrics }),
  });
  const { watch, notify } = createInboxWatchers();
  const followers = new Set<() => void>();
  const announceChanges = () => {
    for (const onChange of followers) onChange();
  };

  let ownPosition = 0;
  let graceTimer: NodeJS.Timeout | undefined;
  /** The writer reports this node's commits with their events, unless its answer was lost, which shows after a while. */
  const awaitOwn = (position: number) => {
    ownPosition = position;
    graceTimer ??= setTimeout(() => {
      graceTimer = undefined;
      journal.advanceTo(ownPosition);
    }, OWN_COMMIT_GRACE_MS).unref();
  };

  const listener = await startListener({
    url,
    channels: [JOURNAL_CHANNEL, INBOX_CHANNEL, CHANGES_CHANNEL],
    logger,
    onNotification: (channel, payload) => {
      if (channel === INBOX_CHANNEL) return notify(payload);
      if (channel === CHANGES_CHANNEL) return announceChanges();
      const [sender, position] = payload.split(' ');
      if (sender !== nodeId) journal.advanceTo(Number(position));
      else awaitOwn(Number(position));
    },
    onListening: async () => {
      announceChanges();
      journal.advanceTo(await events.head());
      const waiting = await prisma.message.findMany({ distinct: ['runId'], select: { runId: true } });
      for (const { runId } of waiting) notify(runId);
    },
  });

  return {
    prisma,
    transactions,
    events,
    journal,
    leases: createPostgresLeases({
      pool,
      nodeId,
      onHead: (position) => {
        journal.advanceTo(position);
        listener.check();
      },
    }),
    inbox: createInbox({
      prisma,
      transactions,
      watch,
      add: async ({ id, runId, payload, createdAt }) => {
        await rethrowUnavailable(
          pool.query(
            `WITH added AS (
             INSERT INTO messages (id, run_id, payload, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING)
           SELECT pg_notify('${INBOX_CHANNEL}', $2)`,
            [id, runId, payload, createdAt],
          ),
        );
      },
    }),
    watchChanges: (onChange) => void followers.add(onChange),
    ...createPostgresRunReads(pool),
    watchStorage: () => ({
      begin() {},
      check: () => checkPostgresPages(pool),
      stop: async () => {},
    }),
    close: async () => {
      await listener.stop();
      clearTimeout(graceTimer);
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
