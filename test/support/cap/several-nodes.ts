import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type NatsServer, startNatsServer } from '../bus/nats-server.ts';
import { type Server, startServer } from '../server.ts';
import { createMigratedDatabase } from '../store/migrated-database.ts';
import { createTempFolder } from '../temp-folder.ts';

/** Two servers with one database and one NATS. */
export interface SeveralNodes extends AsyncDisposable {
  readonly nats: NatsServer;
  /** A connection to their database. */
  readonly database: pg.Client;
  /** Those that are running; a test replaces one that it has killed. */
  readonly servers: [Server, Server];
  /** All that were started. */
  readonly all: readonly Server[];
  startNode(): Promise<Server>;
}

export async function startSeveralNodes(): Promise<SeveralNodes> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder());
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(folder.path, 'key.pem'), pem, { mode: 0o600 });
  const { url, remove } = await createMigratedDatabase();
  stack.defer(remove);
  const nats = stack.adopt(await startNatsServer(), (server) => server.remove());
  const all: Server[] = [];
  const startNode = async () => {
    const server = await startServer({
      dataDir: join(folder.path, `data-${all.length}`),
      env: {
        ...{ NATS_URL: nats.url, CAP_UNSIGNED: 'true', DATABASE_URL: url },
        CHECKPOINT_KEY_FILE: join(folder.path, 'key.pem'),
        ARTIFACTS_DIR: join(folder.path, 'artifacts'),
      },
    });
    all.push(server);
    return server;
  };
  stack.defer(async () => void (await Promise.all(all.map((server) => server.stop('SIGKILL')))));
  const servers: [Server, Server] = [await startNode(), await startNode()];
  const database = stack.adopt(new pg.Client({ connectionString: url }), (client) => client.end());
  // It may be dropped first.
  database.on('error', () => {});
  await database.connect();
  const running = stack.move();
  return { nats, database, servers, all, startNode, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
