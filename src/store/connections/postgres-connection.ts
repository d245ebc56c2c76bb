import pg, { type ClientConfig } from 'pg';

/** How long a new connection may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** How long one statement may take; longer means that the way to the server is broken. */
const QUERY_TIMEOUT_MS = 30_000;

/** OIDs of types that are read otherwise than node-postgres does by itself (pg_type.dat). */
const INT8_OID = 20;

/**
 * How every connection to PostgreSQL is made. Its session reckons in UTC, because Prisma's adapter drops the offset of
 * what it reads; a position is a number, because it never comes near 2^53.
 * @param name shown in pg_stat_activity
 * @param settings run-time parameters of the session (postgresql.org/docs/current/runtime-config-client.html)
 */
export function connectionConfig(url: string, name: string, settings: Readonly<Record<string, string>> = {}) {
  const address = new URL(url);
  const options = Object.entries({ TimeZone: 'UTC', ...settings }).map(([key, value]) => `-c ${key}=${value}`);
  address.searchParams.set('options', [address.searchParams.get('options'), ...options].filter(Boolean).join(' '));
  return {
    connectionString: address.href,
    application_name: `signalbox ${name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  } satisfies ClientConfig;
}

/** A reader of text for a type. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format);
}

/** Whether the database could not be reached or went away, so that the same may work on another connection. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (CONNECTION_LOSS_CODES.has(String(code))) return true;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    // Class 08 is the connection, 57P01 to 57P05 a server that stops or starts, 25P03 and 25P04 a session that timed out,
    // 53300 a server that has no connection left.
    return /^(08|57P0|25P0[34]|53300)/.test(code);
  }
  return CONNECTION_LOSS_MESSAGES.test(message);
}

const CONNECTION_LOSS_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What node-postgres says without a code. */
const CONNECTION_LOSS_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/i;

/** The catalogue's one-byte type, by its OID, which Prisma's adapter does not know; and text, which it does. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * The connection that the schema engine works through; one, because its lock belongs to a connection. What the catalogue
 * has as "char" it is told as text: the adapter refuses that type, and the engine reads either.
 */
export function openMigrationPool(url: string): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url, 'migration'), query_timeout: 0, max: 1 });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const asText = async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  };
  return Object.assign(pool, { query: asText });
}
