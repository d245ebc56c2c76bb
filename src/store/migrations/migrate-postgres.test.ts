import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { postgresSchema } from '../../../scripts/postgres-schema.ts';
import { createScratchDatabase } from '../../../scripts/scratch-database.ts';
import { onPostgres } from '../../../test/support/store/on-postgres.ts';
import { createSecret } from '../../config/secrets.ts';
import { migrate as migrateAny } from './migrate.ts';
import { listMigrationNames, openSchemaEngine, readMigrations } from './schema-engine.ts';

const migrate = (url: string) => migrateAny({ kind: 'postgres', url });

it('the PostgreSQL schema is the output of scripts/postgres-schema.ts', () => {
  const [sqlite, postgres] = ['prisma/schema.prisma', 'prisma/postgres/schema.prisma'].map((file) =>
    readFileSync(file, 'utf8'),
  );
  expect(postgres).toBe(postgresSchema(sqlite as string));
});

it('reports a server that does not answer, without the password', async () => {
  const url = createSecret(Buffer.from('postgresql://someone:hunter2@127.0.0.1:9/none'));
  const failure = await migrateAny({ kind: 'postgres', url }).catch((error) => error);
  expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
  expect(failure.message).not.toContain('hunter2');
});

await onPostgres(() => {
  describe('migrating PostgreSQL', () => {
    it('creates the tables of the schema, with nothing left to migrate', async () => {
      const { url, remove } = await createScratchDatabase();
      const engine = await openSchemaEngine({ kind: 'postgres', url });
      expect(await engine.drift()).toContain('CREATE TABLE');
      expect(await engine.apply(await readMigrations('postgres'))).toEqual(await listMigrationNames('postgres'));
      expect(await engine.drift()).toBe('');
      await engine.close();
      await remove();
    });

    it('gives runs the code of their error, also where a text of it cannot be read as JSON', async () => {
      const { url, remove } = await createScratchDatabase();
      const all = await readMigrations('postgres');
      const at = all.migrationDirectories.findIndex(({ path }) => path.endsWith('_run_filters'));
      const engine = await openSchemaEngine({ kind: 'postgres', url });
      await engine.apply({ ...all, migrationDirectories: all.migrationDirectories.slice(0, at) });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const columns =
        'subject, username, roles, kind, state, priority, trace_id, request_digest, head_hash, labels, inputs';
      const insert = `INSERT INTO runs (id, error, tenant, created_at, seq, head_position, ${columns})
        VALUES ($1, $2, 't', now(), 1, 1, ${columns.split(', ').fill(`''`)})`;
      const error = { code: 'TIMEOUT', message: 'Read \u0000 and "code":"BAD_INPUT"', retryable: true };
      await client.query(insert, ['run_failed', JSON.stringify(error)]);
      await client.query(insert, ['run_good', null]);
      await engine.apply(all);
      await engine.close();
      const { rows } = await client.query('SELECT id, error_code FROM runs ORDER BY id');
      await client.end();
      expect(rows).toEqual([
        { id: 'run_failed', error_code: 'TIMEOUT' },
        { id: 'run_good', error_code: null },
      ]);
      await remove();
    });

    it('does nothing afterwards, and one of several that start together migrates', async () => {
      const { url, remove } = await createScratchDatabase();
      const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
      expect(applied.filter((names) => names.length > 0)).toEqual([await listMigrationNames('postgres')]);
      expect(await migrate(url)).toEqual([]);
      await remove();
    });

    it('rejects a database that a newer version migrated, or whose migration was interrupted', async () => {
      const { url, remove } = await createScratchDatabase();
      await migrate(url);
      const change = async (sql: string) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query(sql);
        await client.end();
      };
      await change(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '9999_future', now())`,
      );
      const refused = { code: 'UNAVAILABLE', message: expect.stringContaining('9999_future') };
      await expect(migrate(url)).rejects.toMatchObject(refused);
      await change(`DELETE FROM _prisma_migrations WHERE id = 'x'; UPDATE _prisma_migrations SET finished_at = NULL`);
      const failed = { code: 'UNAVAILABLE', message: expect.stringContaining('failed migrations') };
      await expect(migrate(url)).rejects.toMatchObject(failed);
      await remove();
    });
  });
});
