import type pg from 'pg';
import type { HealthCheck } from '../../core/telemetry.ts';

const DAMAGED =
  'PostgreSQL has read pages with a wrong checksum: the database is damaged. See the log of PostgreSQL, and restore a backup.';

/** Whether PostgreSQL has met damaged pages of this database; it looks only if it has data checksums. */
export async function checkPostgresPages(pool: Pick<pg.Pool, 'query'>): Promise<HealthCheck> {
  const { rows } = await pool.query<{ failures: string | null }>(
    'SELECT checksum_failures AS failures FROM pg_stat_database WHERE datname = current_database()',
  );
  const isDamaged = Number(rows[0]?.failures ?? 0) > 0;
  return { name: 'storage', ...(isDamaged ? { status: 'DOWN', detail: DAMAGED } : { status: 'OK' }) };
}
