// Makes the next migrations, for SQLite and for PostgreSQL, from what prisma/schema.prisma has and the migrations do not:
// `node scripts/migration.ts NAME`. PostgreSQL's are made in a database that is thrown away, on the server of
// TEST_DATABASE_URL.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MigrationTarget, openSchemaEngine, readMigrations } from '../src/store/migrations/schema-engine.ts';
import { createScratchDatabase } from './scratch-database.ts';

const [name = ''] = process.argv.slice(2);
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Name the migration in snake_case: node scripts/migration.ts add_leases');
  process.exit(2);
}
await makeMigration({ kind: 'sqlite', file: ':memory:' });
const scratch = await createScratchDatabase();
try {
  await makeMigration({ kind: 'postgres', url: scratch.url });
} finally {
  await scratch.remove();
}

async function makeMigration(target: MigrationTarget): Promise<void> {
  const migrations = await readMigrations(target.kind);
  const engine = await openSchemaEngine(target);
  await engine.apply(migrations);
  const sql = await engine.drift();
  await engine.close();
  if (sql === '') {
    console.log(`${target.kind}: the migrations already make what the schema says.`);
    return;
  }
  const number = String(migrations.migrationDirectories.length + 1).padStart(4, '0');
  const folder = join(migrations.baseDir, `${number}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), sql);
  console.log(`${target.kind}: read it before you commit it: ${join(folder, 'migration.sql')}`);
}
