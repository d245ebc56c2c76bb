import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import { readMigrationStatus } from '../../store/migrations/migrate.ts';
import { type Finding, limited, unusable, usable } from './finding.ts';

const MIB = 2 ** 20;
const LOW_DISK_BYTES = 1_024 * MIB;

/** The data folder, or where it will be created, and the free space on its disk. */
export async function checkDataFolder({ dataDir }: Config): Promise<readonly Finding[]> {
  const folder = await nearestExisting(dataDir);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    return [unusable('data', `${folder} cannot be written`, 'Set DATA_DIR to a folder that this user may write to.')];
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const room = `${dataDir}, ${Math.floor(free / MIB)} MiB free`;
  return [
    free < LOW_DISK_BYTES
      ? limited('data', room, 'Free some space: on a full disk no run can be recorded.')
      : usable('data', room),
  ];
}

async function nearestExisting(folder: string): Promise<string> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  return exists || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

/** Whether the database answers, and the version of its schema. */
export async function checkDatabase({ database }: Config): Promise<readonly Finding[]> {
  const name = database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  try {
    const { version, missing } = await readMigrationStatus(database);
    const state = missing.length === 0 ? 'up to date' : `${missing.length} migrations to come, at the next start`;
    return [usable('database', `${name} ${version}, ${state}`)];
  } catch (error) {
    const advice =
      database.kind === 'sqlite' ? 'Check the file in DATA_DIR.' : 'Check DATABASE_URL, and the database server.';
    return [unusable('database', `${name}: ${error instanceof Error ? error.message : String(error)}`, advice)];
  }
}
