import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { createScratchDatabase, type ScratchDatabase, TEST_DATABASE_URL } from '../../../scripts/scratch-database.ts';
import { migrate } from '../../../src/store/migrations/migrate.ts';

/** The advisory lock that is held while a template is created; an arbitrary number. */
const TEMPLATE_LOCK = 7_318_245_191;

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

/** The same for a PostgreSQL database. */
export async function createMigratedDatabase(): Promise<ScratchDatabase> {
  return createScratchDatabase(await prepareTemplate());
}

/** @returns the name of a migrated database that nobody is connected to */
async function prepareTemplate(): Promise<string | undefined> {
  const name = templateName();
  if (name === undefined) return undefined;
  const client = new pg.Client({ connectionString: TEST_DATABASE_URL });
  await client.connect();
  try {
    // Several files may need it first at once; the lock ends with the connection.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      const { url } = await createScratchDatabase();
      await migrate({ kind: 'postgres', url });
      await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} RENAME TO ${name}`);
    }
  } finally {
    await client.end();
  }
  return name;
}

/** The name of the template of this run. */
export function templateName(): string | undefined {
  const folder = sharedFolder();
  return folder && `signalbox_scratch_template_${basename(folder).replaceAll(/\W/g, '_').toLowerCase()}`;
}
