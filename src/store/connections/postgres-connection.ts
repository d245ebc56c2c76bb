import pg, { type ClientConfig } from 'pg';

/**
 * Maximum time to connect, or to wait for a free connection of a pool, in milliseconds. A server that is down refuses at once; one that is
 * busy may need seconds, which is no outage.
 */
const CONNECT_TIMEOUT_MS = 15_000;

/** Maximum time of one statement, in milliseconds; a longer one means that the connection is broken. */
const QUERY_TIMEOUT_MS = 30_000;

/** OID of the type whose default parser is replaced (pg_type.dat). */
const INT8_OID = 20;

/**
 * The configuration of every connection to PostgreSQL. Its session uses UTC, because Prisma's adapter drops the offset of
 * times that it reads; int8 is read as a number, because positions stay far below 2^53.
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

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format);
}

/** Whether the database could not be reached or the connection was lost, so that a retry on another connection may work. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (CONNECTION_LOSS_CODES.has(String(code))) return true;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    // Class 08: connection errors; 57P01 to 57P05: the server stops or starts; 25P03, 25P04: the session timed out;
    // 53300: too many connections.
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

/** Messages of node-postgres that have no code. */
const CONNECTION_LOSS_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/i;

/** OIDs of the catalog's one-byte type, which Prisma's adapter does not support, and of text, which it does. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * The pool of the schema engine; it has one connection, because the engine's lock belongs to a connection. The catalog's
 * type "char" is reported as text: the adapter rejects "char", and the engine accepts either.
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
