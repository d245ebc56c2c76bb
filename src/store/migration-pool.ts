import pg from 'pg';
import { connectionConfig } from './postgres-connection.ts';

/** The catalogue's one-byte type, by its OID, which Prisma's adapter does not know; and text, which it does. */
const CHAR = 18;
const TEXT = 25;

/**
 * The connection that the schema engine works through; one, because its lock belongs to a connection. What the catalogue
 * has as "char" it is told as text: the adapter refuses that type, and the engine reads either.
 */
export function openMigrationPool(url: string): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url, 'migration'), query_timeout: 0, max: 1 });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const asText = async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    return result;
  };
  return Object.assign(pool, { query: asText });
}
