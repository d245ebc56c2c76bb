import pg from 'pg';
import { openStore } from '../../../src/store/open-store.ts';
import type { StoreHarness } from './harness.ts';
import { silentLogger } from './sqlite-harness.ts';

/** @param database an empty PostgreSQL database, and how to drop it */
export function postgresHarness({
  url,
  remove,
}: Pick<StoreHarness, 'remove'> & { readonly url: string }): StoreHarness {
  const onConnection = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  return {
    kind: 'postgres',
    open: (options) => openStore({ database: { kind: 'postgres', url }, logger: silentLogger, ...options }),
    tamper: (sql, ...values) =>
      onConnection(async (client) => {
        // Disables foreign keys, which are triggers; unique indexes stay.
        await client.query('SET session_replication_role = replica');
        await client.query(numbered(sql), values);
      }),
    query: <Row>(sql: string, ...values: unknown[]) =>
      onConnection(async (client) => (await client.query(numbered(sql), values)).rows as Row[]),
    lock: async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('BEGIN; SELECT position FROM journal FOR UPDATE');
      return () => client.end();
    },
    remove,
  };
}

function numbered(sql: string): string {
  let n = 0;
  return sql.replace(/\?/g, () => `$${++n}`);
}
