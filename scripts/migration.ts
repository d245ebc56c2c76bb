// Makes the next migration from what prisma/schema.prisma has and the migrations do not: `node scripts/migration.ts NAME`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrationList, openSchemaEngine } from '../src/store/schema-engine.ts';

const [name = ''] = process.argv.slice(2);
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Name the migration in snake_case: node scripts/migration.ts add_leases');
  process.exit(2);
}
const migrations = await migrationList();
const engine = await openSchemaEngine(':memory:');
await engine.apply(migrations);
const sql = await engine.drift();
await engine.close();
if (sql === '') {
  console.log('The migrations already make what prisma/schema.prisma says.');
} else {
  const number = String(migrations.migrationDirectories.length + 1).padStart(4, '0');
  const folder = join(migrations.baseDir, `${number}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), sql);
  console.log(`Read it before you commit it: ${join(folder, 'migration.sql')}`);
}
