import pg from 'pg';
import { Fault } from '../../core/errors.ts';
import { connectionConfig } from '../connections/postgres-connection.ts';
import { applyMigrations, hasAllMigrations } from './apply-migrations.ts';

/** The advisory lock that one node holds while it migrates; an arbitrary number. */
const MIGRATION_LOCK = 7_318_245_190;

/**
 * Brings a PostgreSQL database up to date with prisma/postgres/migrations. If several nodes start at once, one of them
 * migrates and the others wait for it.
 * @returns names of the migrations that were applied
 * @throws Fault UNAVAILABLE if it cannot be reached, a newer version migrated it, or a migration failed
 */
export async function migratePostgres(url: string): Promise<readonly string[]> {
  const client = await connectToMigrate(url);
  try {
    if (await hasAllMigrations('postgres', await listAppliedPostgresMigrations(client))) return [];
    // Released with the connection, however this process ends.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if (await hasAllMigrations('postgres', await listAppliedPostgresMigrations(client))) return [];
    return await applyMigrations({ kind: 'postgres', url });
  } finally {
    await client.end();
  }
}

/** A connection that the caller must end. @throws Fault UNAVAILABLE */
export async function connectToMigrate(url: string): Promise<pg.Client> {
  const client = new pg.Client({ ...connectionConfig(url, 'migrate'), query_timeout: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    const advice = 'Check that the server is running, and that it has the database and the user in DATABASE_URL';
    throw new Fault('UNAVAILABLE', `The database cannot be reached (${connectionErrorReason(cause)}). ${advice}.`, {
      cause,
    });
  }
  return client;
}

/** Names of the migrations that were applied to the database. */
export async function listAppliedPostgresMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`,
  );
  if (!rows[0]?.exists) return [];
  const applied = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return applied.rows.map((row) => row.migration_name);
}

/** Without the driver's description of the address: it may contain the password. */
function connectionErrorReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  return typeof code === 'string' ? code : (message ?? 'no answer');
}
