import { connect, type FillTarget } from '../load/fill-store.ts';

/** Runs of one transaction. */
const BATCH_RUNS = 20_000;
const DAY_MS = 86_400_000;
/** The days over which the runs are spread, up to yesterday. */
const DAYS = 30;
/** One run in so many has the rare value of everything. */
const RARE_EVERY = 100;

/** When the runs of a filled store were created: the first, and the end of the last day. */
export interface FilledRange {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Fills the tables of an empty store with rows in bulk, as if `count` workflows had been run: not through the journal, so events are missing, and
 * hashes are empty. For every condition of `RunFilter`, 99 % of the runs have the usual value and 1 % the rare one. Others, 1 %, were started by a run.
 */
export async function fillRuns(target: FillTarget, count: number): Promise<FilledRange> {
  const sql = await connect(target);
  const lite = target.kind === 'sqlite';
  const to = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const from = to - DAYS * DAY_MS;
  const ms = `(${from} + CAST(n AS BIGINT) * ${Math.floor((DAYS * DAY_MS) / count)})`;
  const time = (at: string) => (lite ? at : `to_timestamp((${at}) / 1000.0)`);
  const tail = lite ? `printf('%019x', n * 2654435761)` : `lpad(to_hex(n * 2654435761), 19, '0')`;
  const id = (prefix: string) =>
    `'${prefix}_' || ${lite ? `printf('%012x', ${ms})` : `lpad(to_hex(${ms}), 12, '0')`} || '7' || ${tail}`;
  const isRare = `n % ${RARE_EVERY} = 7`;
  const either = (rare: string, usual: string) => `CASE WHEN ${isRare} THEN ${rare} ELSE ${usual} END`;
  const subject = either(`'carol'`, `'bob'`);

  for (let first = 0; first < count; first += BATCH_RUNS) {
    const last = Math.min(first + BATCH_RUNS, count) - 1;
    const numbers = lite
      ? `(WITH RECURSIVE s(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM s WHERE n < ${last}) SELECT n FROM s) AS s`
      : `(SELECT CAST(n AS BIGINT) AS n FROM generate_series(${first}, ${last}) AS n) AS s`;
    await sql.execute(`BEGIN;
      INSERT INTO runs (id, tenant, subject, username, roles, kind, state, goal, workflow, priority, trace_id, request_digest, parent_id,
        rerun_of, created_at, started_at, finished_at, seq, head_position, head_hash, error, error_code, labels, inputs)
      SELECT ${id('run')}, 'default', ${subject}, ${subject}, '["admin"]', ${either(`'AGENT'`, `'WORKFLOW'`)},
        ${either(`'TIMEOUT'`, `'FAILED'`)}, 'Report ' || n || ${either(`' on needles'`, `' on the sales of the week'`)},
        ${either(`'rare'`, `'weekly_report'`)}, 'BATCH', '', '', CASE WHEN n % ${RARE_EVERY} = 8 THEN 'run_parent' END, ${either(`'run_rare'`, `'run_usual'`)},
        ${time(ms)}, ${time(ms)}, ${time(`${ms} + ${either('3600000', 'n % 200 + 50')}`)}, 1, n + 1, '',
        ${either(`'{"code":"TIMEOUT","message":"Too late"}'`, `'{"code":"BAD_INPUT","message":"Line ' || n % 50 || ' is not a row"}'`)},
        ${either(`'TIMEOUT'`, `'BAD_INPUT'`)}, '{"team":"sales"}', '{"order":"A-' || n || '"}' FROM ${numbers};
      INSERT INTO run_labels (run_id, tenant, key, value)
      SELECT ${id('run')}, 'default', 'team', ${either(`'"rare"'`, `'"sales"'`)} FROM ${numbers};
      INSERT INTO run_labels (run_id, tenant, key, value)
      SELECT ${id('run')}, 'default', 'schedule', ${either(`'"rare"'`, `'"weekly_report"'`)} FROM ${numbers};
      INSERT INTO leaves (position, run_id, seq, hash) SELECT n + 1, ${id('run')}, 1, '' FROM ${numbers};
      COMMIT`);
  }
  await sql.execute(`UPDATE journal SET position = ${count} WHERE id = 1`);
  await sql.execute(lite ? 'PRAGMA wal_checkpoint(TRUNCATE)' : 'VACUUM ANALYZE');
  await sql.close();
  return { from: new Date(from), to: new Date(to) };
}

/** Waits until the text index of a server on this store has all runs but the last few, which it never has. */
export async function awaitTextIndex(target: FillTarget, count: number): Promise<void> {
  const sql = await connect(target);
  while ((await sql.number('SELECT coalesce(max(position), 0) FROM search_segments')) < count - 1_500) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await sql.close();
}
