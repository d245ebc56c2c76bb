import type pg from 'pg';
import type { HealthCheck } from '../../core/telemetry.ts';

const DAMAGED =
  'PostgreSQL has read pages with a wrong checksum: the database is damaged. See the log of PostgreSQL, and restore a backup.';

/** How PostgreSQL itself notices damaged pages. */
export interface PageChecksums {
  readonly enabled: boolean;
  /** Damaged pages of this database that were read since its statistics were reset. */
  readonly failures: number;
}

export async function readPageChecksums(client: Pick<pg.Pool, 'query'>): Promise<PageChecksums> {
  const { rows } = await client.query<{ enabled: string; failures: string | number | null }>(
    `SELECT current_setting('data_checksums') AS enabled, checksum_failures AS failures
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  return { enabled: rows[0]?.enabled === 'on', failures: Number(rows[0]?.failures ?? 0) };
}

/** Whether PostgreSQL has met damaged pages of this database. */
export async function checkPostgresPages(client: Pick<pg.Pool, 'query'>): Promise<HealthCheck> {
  const { failures } = await readPageChecksums(client);
  return { name: 'storage', ...(failures > 0 ? { status: 'DOWN', detail: DAMAGED } : { status: 'OK' }) };
}
