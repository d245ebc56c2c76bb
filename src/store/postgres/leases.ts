import type { Pool, PoolClient } from 'pg';
import { LEASE_MS, type Leases, NEVER } from '../../core/leases.ts';
import { rethrowUnavailable } from '../connections/retry-reads.ts';
import { queuesOfRuns } from '../tables/queues-of-runs.ts';
import { lockJournal } from './commit.ts';

interface PostgresLeasesDeps {
  readonly pool: Pool;
  readonly nodeId: string;
  /** Called with the journal's newest position at each renewal, because a notification may have been lost. */
  onHead(position: number): void;
}

/** Parked runs whose time has come, or which have a message. */
const dueSql = (now: string, limit: string) => `
  (SELECT id FROM runs WHERE due_at > 0 AND due_at <= ${now} ORDER BY due_at LIMIT ${limit})
  UNION (SELECT r.id FROM messages m JOIN runs r ON r.id = m.run_id WHERE r.due_at > 0 LIMIT ${limit})`;

/** Uses the database's clock for leases, because the nodes' clocks may differ. */
const RENEW = `
  WITH own AS (
      INSERT INTO nodes (id, started_at, expires_at)
      VALUES ($1, now(), now() + ${LEASE_MS} * interval '1 millisecond')
      ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
      RETURNING started_at),
    dead AS (DELETE FROM nodes WHERE id <> $1 AND expires_at < now() - interval '1 day')
  SELECT (SELECT started_at FROM own) AS "startedAt",
    EXISTS (SELECT 1 FROM runs r WHERE r.due_at = 0 AND r.owner <> $1
        AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = r.owner AND n.expires_at > now()))
      OR EXISTS (${dueSql('$2::bigint', '1')}) AS claimable,
    (SELECT min(next_at) FROM schedules) AS "nextScheduleAt",
    (SELECT min(due_at) FROM runs WHERE due_at > $2::bigint) AS "nextDueAt",
    ARRAY(SELECT id FROM nodes WHERE id <> $1 AND expires_at > now()) AS others,
    (SELECT position FROM journal WHERE id = 1) AS position`;

const DISOWN = `UPDATE runs SET owner = '' WHERE owner = $1 AND due_at = 0`;

/** Another node may unpark one of them meanwhile: the outer condition is checked once more when the row is locked. */
const CLAIM = `
  UPDATE runs u SET owner = $1, due_at = 0, queue = NULL WHERE id IN (
    SELECT id FROM (
      SELECT r.id FROM runs r WHERE r.due_at = 0 AND r.owner <> $1 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = r.owner)
      UNION ${dueSql('$3::bigint', '$2')}) claimable
    ORDER BY id LIMIT $2)
    AND (u.due_at > 0 OR u.owner <> $1 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = u.owner))
  RETURNING id`;

/** An ended run has no driver, so any node may take it. An unfinished run may only be taken from a node without a row. */
const ADOPT = `
  UPDATE runs r SET owner = $1, due_at = CASE WHEN due_at IS NOT NULL THEN 0 END, queue = NULL
  WHERE r.id = $2
    AND (r.owner = $1 OR r.due_at IS NULL OR NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = r.owner))`;

const PARK = `
  UPDATE runs r SET due_at = p.until, queue = p.queue
  FROM json_to_recordset($2::json) AS p("runId" text, seq int, until bigint, "childIds" text[], queue text)
  WHERE r.id = p."runId" AND r.seq = p.seq AND r.owner = $1 AND r.due_at = 0
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.run_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM unnest(p."childIds") w(id) LEFT JOIN runs c ON c.id = w.id WHERE c.due_at IS NULL)
  RETURNING r.id`;

const UNPARK = 'UPDATE runs SET owner = $1, due_at = 0, queue = NULL WHERE id = $2 AND due_at > 0';

interface RenewalRow {
  readonly startedAt: Date;
  readonly claimable: boolean;
  readonly others: readonly string[];
  readonly nextScheduleAt: Date | null;
  readonly nextDueAt: number | null;
  readonly position: number;
}

/**
 * The leases of several nodes. Once the row of a node in `nodes` has expired, any node may remove it, and claim its runs. Until then
 * they are its own, so a node that was only slow loses nothing. Its next renewal adds another row, by which it notices.
 */
export function createPostgresLeases({ pool, nodeId, onHead }: PostgresLeasesDeps): Leases {
  /** When the node's row was added. */
  let startedAt: number | undefined;
  let nodeCount = 1;
  /** The row was removed, and the caller does not know yet. */
  let isLost = false;
  /** Runs of a claim whose answer was lost: they may belong to this node, which does not drive them. */
  let doubtful: readonly string[] = [];

  /** Runs work with the journal locked: no append is in progress, and the next append of any node sees its result. */
  const withJournalLock = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let failure: unknown;
    try {
      await lockJournal(client);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // A failed connection is discarded, and its transaction with it.
      client.release(failure !== undefined);
    }
  };

  return {
    nodeId,
    renew: async (now) => {
      const { rows } = await rethrowUnavailable(pool.query<RenewalRow>(RENEW, [nodeId, now.getTime()]));
      const { claimable, others, nextScheduleAt, nextDueAt, position, ...row } = rows[0] as RenewalRow;
      isLost ||= startedAt !== undefined && startedAt !== row.startedAt.getTime();
      startedAt = row.startedAt.getTime();
      onHead(position);
      const renewed = !isLost;
      // Runs that no other node has taken have no driver, although their owner is alive again.
      if (isLost) await rethrowUnavailable(pool.query(DISOWN, [nodeId]));
      isLost = false;
      nodeCount = others.length + 1;
      return {
        renewed,
        nodes: [...others, nodeId].sort(),
        claimable: claimable || !renewed || doubtful.length > 0,
        nextScheduleAt: nextScheduleAt ?? undefined,
        nextWakeAt: nextDueAt === null || nextDueAt === NEVER ? undefined : new Date(nextDueAt),
      };
    },
    countNodes: () => nodeCount,
    claim: async (limit, now) => {
      const claimed = await rethrowUnavailable(
        withJournalLock(async (client) => {
          await client.query('DELETE FROM nodes WHERE id <> $1 AND expires_at <= now()', [nodeId]);
          await client.query(`UPDATE runs SET owner = '' WHERE id = ANY ($1::text[]) AND owner = $2`, [
            doubtful,
            nodeId,
          ]);
          const { rows } = await client.query<{ id: string }>(CLAIM, [nodeId, limit, now.getTime()]);
          const ids = rows.map(({ id }) => id).sort();
          doubtful = [...doubtful, ...ids];
          return ids;
        }),
      );
      doubtful = [];
      return claimed;
    },
    takeOver: (runId) =>
      rethrowUnavailable(
        withJournalLock(async (client) => (await client.query(ADOPT, [nodeId, runId])).rowCount === 1),
      ),
    park: async (runs) => {
      const update = (client: Pick<PoolClient, 'query'>) =>
        client.query<{ id: string }>(PARK, [nodeId, JSON.stringify(runs)]);
      // A child ends before, and is seen here, or afterwards, and its commit sees the parked run.
      const hasParents = runs.some(({ childIds }) => childIds.length > 0);
      const { rows } = await rethrowUnavailable(hasParents ? withJournalLock(update) : update(pool));
      return rows.map(({ id }) => id).sort();
    },
    unpark: async (runId) => (await rethrowUnavailable(pool.query(UNPARK, [nodeId, runId]))).rowCount === 1,
    ...queuesOfRuns(async <Row extends object>(sql: string, values: readonly unknown[]) => {
      const { rows } = await rethrowUnavailable(pool.query<Row>(sql, [...values]));
      return rows;
    }),
    release: async () => {
      await rethrowUnavailable(pool.query('DELETE FROM nodes WHERE id = $1', [nodeId]));
      startedAt = undefined;
    },
  };
}
