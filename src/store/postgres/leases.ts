import type { Pool, PoolClient } from 'pg';
import { LEASE_MS, type Leases, NEVER } from '../../core/leases.ts';
import { rethrowUnavailable } from '../connections/retry-reads.ts';
import { lockJournal } from './commit.ts';

interface PostgresLeasesDeps {
  readonly pool: Pool;
  readonly nodeId: string;
  /** Called with the journal's newest position at each renewal, because a notification may have been lost. */
  onHead(position: number): void;
}

const isAliveSql = (owner: string) => `EXISTS (SELECT 1 FROM nodes n WHERE n.id = ${owner} AND n.expires_at > now())`;

/** Parked runs whose time has come, or which have a message. */
const dueSql = (now: string, limit: string) => `
  (SELECT id FROM runs WHERE due_at > 0 AND due_at <= ${now} ORDER BY due_at LIMIT ${limit})
  UNION (SELECT r.id FROM messages m JOIN runs r ON r.id = m.run_id WHERE r.due_at > 0 LIMIT ${limit})`;

/** Uses the database's clock for leases, because the nodes' clocks may differ. Also reads the node's row as it was before. */
const RENEW = `
  WITH before AS (SELECT expires_at FROM nodes WHERE id = $1),
    own AS (
      INSERT INTO nodes (id, started_at, expires_at)
      VALUES ($1, now(), now() + ${LEASE_MS} * interval '1 millisecond')
      ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
      RETURNING xmax = 0 AS added),
    dead AS (DELETE FROM nodes WHERE id <> $1 AND expires_at < now() - interval '1 day')
  SELECT (SELECT added FROM own) AS added,
    coalesce((SELECT expires_at > now() FROM before), false) AS kept,
    EXISTS (SELECT 1 FROM runs r WHERE r.due_at = 0 AND r.owner <> $1 AND NOT ${isAliveSql('r.owner')})
      OR EXISTS (${dueSql('$2::bigint', '1')}) AS claimable,
    (SELECT min(next_at) FROM schedules) AS "nextScheduleAt",
    (SELECT min(due_at) FROM runs WHERE due_at > $2::bigint) AS "nextDueAt",
    (SELECT position FROM journal WHERE id = 1) AS position`;

const DISOWN = `UPDATE runs SET owner = '' WHERE owner = $1 AND due_at = 0`;

/** Another node may unpark one of them meanwhile: the outer condition is checked once more when the row is locked. */
const CLAIM = `
  UPDATE runs u SET owner = $1, due_at = 0 WHERE id IN (
    SELECT id FROM (
      SELECT r.id FROM runs r WHERE r.due_at = 0 AND r.owner <> $1 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = r.owner)
      UNION ${dueSql('$3::bigint', '$2')}) claimable
    ORDER BY id LIMIT $2)
    AND (u.due_at > 0 OR u.owner <> $1 AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = u.owner))
  RETURNING id`;

/** An ended run has no driver, so any node may take it. An unfinished run may only be taken from a dead node. */
const ADOPT = `
  UPDATE runs r SET owner = $1, due_at = CASE WHEN due_at IS NOT NULL THEN 0 END
  WHERE r.id = $2 AND (r.owner = $1 OR r.due_at IS NULL OR NOT ${isAliveSql('r.owner')})`;

const PARK = `
  UPDATE runs r SET due_at = p.until
  FROM json_to_recordset($2::json) AS p("runId" text, seq int, until bigint)
  WHERE r.id = p."runId" AND r.seq = p.seq AND r.owner = $1 AND r.due_at = 0
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.run_id = r.id)
  RETURNING r.id`;

const UNPARK = 'UPDATE runs SET owner = $1, due_at = 0 WHERE id = $2 AND due_at > 0';

interface RenewalRow {
  readonly added: boolean;
  readonly kept: boolean;
  readonly claimable: boolean;
  readonly nextScheduleAt: Date | null;
  readonly nextDueAt: number | null;
  readonly position: number;
}

/**
 * The leases of several nodes. A node is dead once its row in `nodes` has expired; the node that claims its runs removes the
 * row, so that the dead node notices even if it comes back at that moment.
 */
export function createPostgresLeases({ pool, nodeId, onHead }: PostgresLeasesDeps): Leases {
  /** When the last renewal that was answered began. */
  let renewedAt: number | undefined;
  /** The lease has expired, and the caller does not know yet. */
  let isLate = false;
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
      const began = performance.now();
      const { rows } = await rethrowUnavailable(pool.query<RenewalRow>(RENEW, [nodeId, now.getTime()]));
      const { added, kept, claimable, nextScheduleAt, nextDueAt, position } = rows[0] as RenewalRow;
      // The database decides, but one of its answers may have been lost.
      isLate ||= renewedAt !== undefined && (added || !kept || began - renewedAt > LEASE_MS);
      renewedAt = began;
      onHead(position);
      const renewed = !isLate;
      // Runs that no other node has taken have no driver, although their owner is alive again.
      if (isLate) await rethrowUnavailable(pool.query(DISOWN, [nodeId]));
      isLate = false;
      return {
        renewed,
        claimable: claimable || !renewed || doubtful.length > 0,
        nextScheduleAt: nextScheduleAt ?? undefined,
        nextWakeAt: nextDueAt === null || nextDueAt === NEVER ? undefined : new Date(nextDueAt),
      };
    },
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
      const { rows } = await rethrowUnavailable(pool.query<{ id: string }>(PARK, [nodeId, JSON.stringify(runs)]));
      return rows.map(({ id }) => id).sort();
    },
    unpark: async (runId) => (await rethrowUnavailable(pool.query(UNPARK, [nodeId, runId]))).rowCount === 1,
    release: async () => {
      await rethrowUnavailable(pool.query('DELETE FROM nodes WHERE id = $1', [nodeId]));
      renewedAt = undefined;
    },
  };
}
