import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The server on which tests and scripts may create and drop databases. */
export const TEST_DATABASE_URL = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

export interface ScratchDatabase {
  readonly url: string;
  /** Drops it, also while others are connected. */
  remove(): Promise<void>;
}

/** An empty PostgreSQL database with a unique name. @throws what the driver throws when no server answers */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const name = `signalbox_scratch_${randomUUID().replaceAll('-', '')}`;
  await executeOnServer(`CREATE DATABASE ${name}`);
  const url = new URL(TEST_DATABASE_URL);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => executeOnServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function executeOnServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: TEST_DATABASE_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
