import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate as migrateAny } from './migrate.ts';
import { openSchemaEngine, readMigrations } from './schema-engine.ts';

const migrate = (file: string) => migrateAny({ kind: 'sqlite', file });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-migrate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const names = async () => (await readMigrations('sqlite')).migrationDirectories.map(({ path }) => path);
const change = (file: string, sql: string) => {
  const db = new Database(file);
  db.exec(sql);
  db.close();
};

it('creates a database that only its owner can read, and does nothing afterwards', async () => {
  const file = join(folder, 'data', 'deep', 'a.db');
  expect(await migrate(file)).toEqual(await names());
  expect(await migrate(file)).toEqual([]);
  expect(readdirSync(join(folder, 'data', 'deep'))).toEqual(['a.db']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const db = new Database(file);
  expect([db.pragma('journal_mode', { simple: true }), db.pragma('page_size', { simple: true })]).toEqual([
    'wal',
    8192,
  ]);
  db.close();
});

it('creates the tables of prisma/schema.prisma, with nothing left to migrate', async () => {
  const engine = await openSchemaEngine({ kind: 'sqlite', file: ':memory:' });
  expect(await engine.drift()).toContain('CREATE TABLE');
  expect(await engine.apply(await readMigrations('sqlite'))).toEqual(await names());
  expect(await engine.drift()).toBe('');
  await engine.close();
});

it('lets several start on the same new file: one creates it, and all use it', async () => {
  const file = join(folder, 'a.db');
  const applied = await Promise.all([migrate(file), migrate(file), migrate(file)]);
  expect(applied.filter((migrations) => migrations.length > 0)).toEqual([await names()]);
  expect(readdirSync(folder)).toEqual(['a.db']);
});

it('continues a database that lacks migrations', async () => {
  const file = join(folder, 'a.db');
  await writeFile(file, '');
  expect(await migrate(file)).toEqual(await names());
  expect(await migrate(file)).toEqual([]);
});

it('rejects a database that a newer version migrated', async () => {
  const file = join(folder, 'a.db');
  await migrate(file);
  change(
    file,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '9999_future', 1)`,
  );
  await expect(migrate(file)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('9999_future'),
  });
});

it('rejects a database whose migration was interrupted, and says why', async () => {
  const file = join(folder, 'a.db');
  await migrate(file);
  change(file, 'UPDATE _prisma_migrations SET finished_at = NULL');
  await expect(migrate(file)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('failed migrations'),
  });
});

it('leaves nothing behind if a file is not a database', async () => {
  const file = join(folder, 'a.db');
  await writeFile(file, 'This is a letter to my aunt, and by no means a database.'.repeat(100));
  await expect(migrate(file)).rejects.toThrow('is not a Signalbox database');
  expect(existsSync(`${file}-wal`)).toBe(false);
});

it('rejects a file that is not a database, and leaves it as it is', async () => {
  const file = join(folder, 'a.db');
  await writeFile(file, Buffer.alloc(100_000, 'x'));
  await expect(migrate(file)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(file) });
  expect(statSync(file).size).toBe(100_000);
});
