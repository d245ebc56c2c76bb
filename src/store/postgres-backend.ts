import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import type { Logger, Metrics } from '../core/telemetry.ts';
import { type Backend, startWriter } from './backend.ts';
import { connectionConfig } from './connections/postgres-connection.ts';
import { createPostgresTransactions, openPostgresPrisma } from './connections/postgres-prisma.ts';
import { rethrowUnavailable } from './connections/retry-reads.ts';
import { openJournal } from './journal/open-journal.ts';
import { createPostgresEventReader } from './postgres/event-reader.ts';
import { JOURNAL_CHANNEL } from './postgres/group-statement.ts';
import { createPostgresLeases } from './postgres/leases.ts';
import { startListener } from './postgres/listener.ts';
import { createPostgresSnapshots } from './postgres/snapshots.ts';
import { createInbox, createInboxWatchers } from './tables/inbox.ts';

interface OpenPostgresDeps {
  readonly nodeId: string;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'journalCommitted'>;
}

/** Connections for everything but the writer and the listener, which have their own. */
const POOL_SIZE = 10;

/** A node that stands still inside a transaction loses its locks, so that the others go on; in milliseconds. */
const SESSION = { lock_timeout: '5000', idle_in_transaction_session_timeout: '3000' };

/** How long the node waits for its writer's own word of a commit, in milliseconds. */
const OWN_COMMIT_GRACE_MS = 2_000;

/** Where nodes hear that something was sent to a run; the payload is its id. */
const INBOX_CHANNEL = 'signalbox_inbox';

/** The store on a PostgreSQL database, which several nodes share; `migrate` has brought it up to date. */
export async function openPostgresBackend(
  url: string,
  { nodeId, logger, metrics }: OpenPostgresDeps,
): Promise<Backend> {
  const pool = new pg.Pool({ ...connectionConfig(url, 'reader', SESSION), max: POOL_SIZE });
  // The connection leaves the pool by itself, and the next one is made when it is wanted.
  pool.on('error', (error) => logger.warn('store.connection_lost', { reason: error.message }));
  // Whoever has the connection in hand is told by what it awaits; an event that nobody hears would end the process.
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

  let own = 0;
  let noting: NodeJS.Timeout | undefined;
  /** Its own commits come from the writer, with what they hold; unless their answer was lost, which shows later. */
  const noteOwn = (position: number) => {
    own = position;
    noting ??= setTimeout(() => {
      noting = undefined;
      journal.advanceTo(own);
    }, OWN_COMMIT_GRACE_MS).unref();
  };

  const listener = await startListener({
    url,
    channels: [JOURNAL_CHANNEL, INBOX_CHANNEL],
    logger,
    onNotification: (channel, payload) => {
      if (channel === INBOX_CHANNEL) return notify(payload);
      const [by, position] = payload.split(' ');
      if (by !== nodeId) journal.advanceTo(Number(position));
      else noteOwn(Number(position));
    },
    onListening: async () => {
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
    ...createPostgresSnapshots(pool),
    close: async () => {
      await listener.stop();
      clearTimeout(noting);
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
