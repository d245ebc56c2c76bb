import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** An empty PostgreSQL database on the server of the URL. It is dropped when its scope ends. */
export async function newDatabase(server: string): Promise<AsyncDisposable & { readonly url: string }> {
  const name = `signalbox_bench_${randomBytes(6).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function execute(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
