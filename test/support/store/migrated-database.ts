import { constants, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import {
  createScratchDatabase,
  executeOnServer,
  type ScratchDatabase,
  TEST_DATABASE_URL,
} from '../../../scripts/scratch-database.ts';
import { migrate } from '../../../src/store/migrations/migrate.ts';

/** The advisory lock that is held while a template is created; an arbitrary number. */
const TEMPLATE_LOCK = 7_318_245_191;
/** A database that has grown by more is dropped: deleted rows would slow down the next test. */
const MAX_GROWTH_BYTES = 8 * 2 ** 20;

/** The folder that all test files of a run share; undefined outside of one. global-setup.ts creates and removes it. */
const sharedFolder = () => process.env.SHARED_TEST_FOLDER;

/** Creates a database file that has every migration. Each run of the tests migrates once, and copies the result. */
export async function createMigratedFile(file: string): Promise<void> {
  const folder = sharedFolder();
  if (folder === undefined) return void (await migrate({ kind: 'sqlite', file }));
  const template = join(folder, 'template.db');
  // Several files may need it first at once: the first that is complete stays.
  await migrate({ kind: 'sqlite', file: template });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await copyFile(template, file, constants.COPYFILE_EXCL);
}

/** A migrated database that nobody is connected to. */
interface Template {
  readonly name: string;
  /** Its size in bytes, and the number of its columns. */
  readonly size: number;
  readonly columns: number;
  /** JSON by table. */
  readonly rows: Readonly<Record<string, string>>;
}

/** Databases of this process that are as the template again. */
const free: ScratchDatabase[] = [];

/** The same for a PostgreSQL database. Creating and dropping one writes megabytes, so it is emptied and used again. */
export async function createMigratedDatabase(): Promise<ScratchDatabase> {
  const folder = sharedFolder();
  if (folder === undefined) {
    const database = await createScratchDatabase();
    await migrate({ kind: 'postgres', url: database.url });
    return database;
  }
  const template = await prepareTemplate(folder);
  const database = free.pop() ?? (await createScratchDatabase({ prefix: prefixOf(folder), template: template.name }));
  return {
    url: database.url,
    remove: async () => {
      if (await restore(database.url, template)) free.push(database);
      else await database.remove();
    },
  };
}

/** Drops every PostgreSQL database that the tests of this run have left. */
export async function dropDatabases(): Promise<void> {
  const prefix = prefixOf(sharedFolder() ?? '');
  const names = await onConnection(TEST_DATABASE_URL, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    return rows.map(({ name }) => name);
  });
  for (const name of names) await executeOnServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

const prefixOf = (folder: string) => `signalbox_scratch_${basename(folder).replaceAll(/\W/g, '_').toLowerCase()}_`;

async function prepareTemplate(folder: string): Promise<Template> {
  const file = join(folder, 'template.json');
  const read = (): Template | undefined => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      return undefined;
    }
  };
  return (
    read() ??
    onConnection(TEST_DATABASE_URL, async (client) => {
      // Several files may need it first at once; the lock ends with the connection.
      await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
      const ready = read();
      if (ready) return ready;
      const { url } = await createScratchDatabase({ prefix: prefixOf(folder) });
      await migrate({ kind: 'postgres', url });
      const template = { name: new URL(url).pathname.slice(1), ...(await onConnection(url, readContent)) };
      writeFileSync(file, JSON.stringify(template));
      return template;
    })
  );
}

async function readContent(client: pg.Client): Promise<Omit<Template, 'name'>> {
  const rows: Record<string, string> = {};
  const tables = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'`,
  );
  for (const { name } of tables.rows) {
    const content = await client.query<{ json: string }>(
      `SELECT coalesce(json_agg(t), '[]')::text AS json FROM ${name} t`,
    );
    rows[name] = content.rows[0]?.json ?? '[]';
  }
  return { ...(await measure(client)), rows };
}

async function measure(client: pg.Client): Promise<Pick<Template, 'size' | 'columns'>> {
  const { rows } = await client.query<{ size: string; columns: string }>(
    `SELECT pg_database_size(current_database()) AS size,
      (SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public') AS columns`,
  );
  return { size: Number(rows[0]?.size), columns: Number(rows[0]?.columns) };
}

/** Gives the tables of a database the rows of the template. @returns whether it can be used again */
async function restore(url: string, template: Template): Promise<boolean> {
  return onConnection(url, async (client) => {
    // Of processes that were killed, and may hold locks.
    await client.query(
      'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const { size, columns } = await measure(client);
    if (size > template.size + MAX_GROWTH_BYTES || columns !== template.columns) return false;
    const refills = Object.entries(template.rows).map(
      ([table, rows]) =>
        `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, ${client.escapeLiteral(rows)})`,
    );
    // Disables foreign keys, which are triggers.
    await client.query(`SET session_replication_role = replica; ${refills.join('; ')}`);
    return true;
  }).catch(() => false);
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
