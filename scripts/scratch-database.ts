import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The server on which tests and scripts may create and drop databases. */
export const TEST_DATABASE_URL = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** A server that is busy may take a while; one that is not there refuses at once. */
const CONNECT_TIMEOUT_MS = 60_000;

export interface ScratchDatabase {
  readonly url: string;
  /** Drops it, also while others are connected. */
  remove(): Promise<void>;
}

/**
 * A PostgreSQL database with a unique name: empty, or a copy of a database that nobody is connected to.
 * @throws what the driver throws when no server answers
 */
export async function createScratchDatabase({
  prefix = 'signalbox_scratch_',
  template,
}: {
  readonly prefix?: string;
  readonly template?: string;
} = {}): Promise<ScratchDatabase> {
  // At most 63 characters.
  const name = `${prefix}${randomUUID().replaceAll('-', '')}`.slice(0, 63);
  await executeOnServer(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  const url = new URL(TEST_DATABASE_URL);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => executeOnServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Executes one statement on the server of TEST_DATABASE_URL. */
export async function executeOnServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: TEST_DATABASE_URL, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
