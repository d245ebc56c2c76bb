import Database from 'better-sqlite3';
import pg from 'pg';
import type { DatabaseConfig } from '../../src/store/connections/database-config.ts';

/** A database to fill: SQLite's file, or PostgreSQL's URL. */
export interface FillTarget {
  readonly kind: DatabaseConfig['kind'];
  readonly location: string;
}

/** Runs of one transaction. */
const BATCH_RUNS = 20_000;
const EVENTS_PER_RUN = 4;
/** The days over which the runs are spread. */
export const DAYS = 300;
const DAY_MS = 86_400_000;

/** One connection, whatever the database. */
export interface Sql {
  execute(statement: string): Promise<void>;
  number(statement: string): Promise<number>;
  close(): Promise<void>;
}

export async function connect({ kind, location }: FillTarget): Promise<Sql> {
  if (kind === 'sqlite') {
    const db = new Database(location);
    db.pragma('synchronous = OFF');
    return {
      execute: async (statement) => void db.exec(statement),
      number: async (statement) => Number(db.prepare(statement).pluck().get() ?? 0),
      close: async () => void db.close(),
    };
  }
  const client = new pg.Client(location);
  await client.connect();
  return {
    execute: async (statement) => void (await client.query(statement)),
    number: async (statement) => Number(Object.values((await client.query(statement)).rows[0] ?? {})[0] ?? 0),
    close: () => client.end(),
  };
}

/**
 * Fills the tables of an empty store as if `count` commands and workflows had been run, evenly over 300 days up to yesterday, and as many items of
 * one more run as a tenth. The hashes are not real: only what is measured here reads these rows.
 */
export async function fillStore(target: FillTarget, count: number): Promise<void> {
  const sql = await connect(target);
  const lite = target.kind === 'sqlite';
  const begin = Date.now() - (DAYS + 1) * DAY_MS;
  const ms = `(${begin} + CAST(n AS BIGINT) * ${Math.floor((DAYS * DAY_MS) / count)})`;
  const hex = lite ? `printf('%012x', ${ms})` : `lpad(to_hex(${ms}), 12, '0')`;
  const tail = lite ? `printf('%019x', n * 2654435761)` : `lpad(to_hex(n * 2654435761), 19, '0')`;
  const id = (prefix: string, version = 7) => `'${prefix}_' || ${hex} || '${version}' || ${tail}`;
  const at = lite ? ms : `to_timestamp(${ms} / 1000.0)`;
  const digest = lite ? `printf('%064x', n)` : `lpad(to_hex(n), 64, '0')`;
  const series = (from: number, to: number) =>
    lite
      ? `(WITH RECURSIVE s(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM s WHERE n < ${to - 1}) SELECT n FROM s) AS s`
      : `(SELECT CAST(n AS BIGINT) AS n FROM generate_series(${from}, ${to - 1}) AS n) AS s`;
  const rare = `n % ${Math.floor(count / 2)} = 5`;
  const subject = `CASE WHEN ${rare} THEN 'carol' ELSE 'user-' || n % 10 END`;
  const run = id('run');

  for (let from = 0; from < count; from += BATCH_RUNS) {
    const numbers = series(from, Math.min(from + BATCH_RUNS, count));
    await sql.execute(
      `BEGIN;
      INSERT INTO runs (id, tenant, subject, username, roles, kind, state, goal, workflow, priority, trace_id, request_digest, created_at,
        started_at, finished_at, seq, head_position, head_hash, labels, inputs)
      SELECT ${run}, 'default', ${subject}, ${subject},
        '["admin"]', CASE WHEN n % 2 = 0 THEN 'WORKFLOW' ELSE 'COMMAND' END, CASE WHEN ${rare} THEN 'FAILED' ELSE 'SUCCEEDED' END,
        'Report ' || n || CASE WHEN ${rare} THEN ' on needles' ELSE ' on the sales of the week' END,
        CASE WHEN ${rare} THEN 'rare' WHEN n % 2 = 0 THEN 'weekly_report' END, 'BATCH', '', '', ${at}, ${at}, ${at}, ${EVENTS_PER_RUN},
        n * ${EVENTS_PER_RUN} + ${EVENTS_PER_RUN}, ${digest}, '{"team":"sales"}', '{}' FROM ${numbers};
      INSERT INTO run_labels (run_id, tenant, key, value)
      SELECT ${run}, 'default', 'team', CASE WHEN ${rare} THEN '"rare"' ELSE '"sales"' END FROM ${numbers};
      INSERT INTO steps (id, tenant, subject, run_id, key, position, title, kind, capability, effect, depends_on, max_attempts, state, attempt,
        output_media_type, output_size, output_digest, output_text)
      SELECT ${id('step')}, 'default', ${subject}, ${run}, 'one', 0, 'one', 'COMMAND', 'convertToJson', 'pure', '[]', 1, 'SUCCEEDED', 1,
        'text/plain', 5, CASE WHEN n % 2 = 0 THEN $SHARED ELSE ${digest} END, 'hello' FROM ${numbers};
      INSERT INTO artifacts (id, tenant, subject, run_id, step, digest, name, media_type, size, created_at)
      SELECT ${id('art')}, 'default', ${subject}, ${run}, 'one', CASE WHEN n % 2 = 0 THEN $SHARED ELSE ${digest} END, 'a.txt', 'text/plain', 5, ${at}
      FROM ${numbers} WHERE n % 5 = 0;
      INSERT INTO approvals (id, tenant, subject, run_id, step, state, reason, roles, requested_at)
      SELECT ${id('apr')}, 'default', ${subject}, ${run}, 'one', CASE WHEN ${rare} THEN 'EXPIRED' ELSE 'APPROVED' END, 'x', '[]', ${at} FROM ${numbers} WHERE n % 5 = 0;
      INSERT INTO leaves (position, run_id, seq, hash)
      SELECT n * ${EVENTS_PER_RUN} + ${EVENTS_PER_RUN}, ${run}, ${EVENTS_PER_RUN}, ${digest} FROM ${numbers};
      ${EVENTS.map(
        (
          event,
          index,
        ) => `INSERT INTO events (position, run_id, seq, tenant, subject, type, at, step, prev_hash, hash, payload)
          SELECT n * ${EVENTS_PER_RUN} + ${index + 1}, ${run}, ${index + 1}, 'default', ${subject}, '${event.type}', ${at},
            ${event.step ? `'one'` : 'NULL'}, '', '', '${JSON.stringify(event.payload)}' FROM ${numbers};`,
      ).join('\n')}
      COMMIT`.replaceAll('$SHARED', `'${SHARED_DIGEST}'`),
    );
  }
  const items = Math.floor(count / 10);
  const bigRun = `(SELECT max(id) FROM runs)`;
  await sql.execute(`INSERT INTO steps (id, tenant, subject, run_id, key, position, title, kind, capability, effect, depends_on, max_attempts, state, attempt,
      parent, role, item_index)
    SELECT ${id('step', 8)}, 'default', 'user-9', ${bigRun}, 'one[' || n || ']', 0, 'one', 'COMMAND', 'convertToJson', 'pure', '[]', 1, 'SUCCEEDED', 1,
      'one', 'item', n FROM ${series(0, items)}`);
  await sql.execute(`UPDATE journal SET position = ${count * EVENTS_PER_RUN} WHERE id = 1`);
  await sql.execute(lite ? 'PRAGMA wal_checkpoint(TRUNCATE)' : 'VACUUM ANALYZE');
  await sql.close();
}

/** The digest of half of the outputs and artifacts. */
export const SHARED_DIGEST = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

const EVENTS = [
  { type: 'LOG', step: false, payload: { level: 'INFO', text: 'accepted' } },
  { type: 'RUN_STATE_CHANGED', step: false, payload: { from: 'PENDING', to: 'RUNNING' } },
  { type: 'STEP_STATE_CHANGED', step: true, payload: { from: 'PENDING', to: 'SUCCEEDED', attempt: 1 } },
  { type: 'RUN_STATE_CHANGED', step: false, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
] as const;
