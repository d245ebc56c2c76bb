import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { Secret } from '../../config/secrets.ts';
import { inspectAudit, inspectChecksums } from '../../store/inspect-store.ts';
import { readMigrationStatus } from '../../store/migrations/migrate.ts';
import { runPageCheck } from '../../store/sqlite/run-page-check.ts';
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

/** Whether programs that have a workspace mounted see the path of the data folder in /proc/self/mountinfo. */
export function checkWorkspaces({ mode, dataDir, workspacesDir }: Config): readonly Finding[] {
  const isBelow = workspacesDir.startsWith(`${dataDir}/`);
  if (mode === 'development' || !isBelow) return [usable('workspaces', workspacesDir)];
  const advice = 'Set WORKSPACES_DIR to a folder whose path says nothing of this server.';
  return [limited('workspaces', `${workspacesDir}: programs can see this path`, advice)];
}

/** The folder, or the first one above it that exists. */
export async function nearestExisting(folder: string): Promise<string> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  return exists || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

/** Whether the database answers, the version of its schema, its pages, and whether the checkpoint file agrees with it. */
export async function checkDatabase(config: Config): Promise<readonly Finding[]> {
  const { database } = config;
  const name = database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  try {
    const { version, missing } = await readMigrationStatus(database);
    if (missing.length > 0)
      return [usable('database', `${name} ${version}, ${missing.length} migrations to come, at the next start`)];
    const pages = database.kind === 'sqlite' ? await checkPages(database.file) : [await checkChecksums(database.url)];
    // What damaged pages say about the audit means nothing.
    const audit = pages.some((finding) => finding.usable === 'no') ? [] : await checkAudit(config);
    return [usable('database', `${name} ${version}, up to date`), ...pages, ...audit];
  } catch (error) {
    const advice =
      database.kind === 'sqlite' ? 'Check the file in DATA_DIR.' : 'Check DATABASE_URL, and the database server.';
    return [unusable('database', `${name}: ${messageOf(error)}`, advice)];
  }
}

/** PostgreSQL verifies its pages itself, if it has checksums of them. */
async function checkChecksums(url: string | Secret): Promise<Finding> {
  const { enabled, failures } = await inspectChecksums(url);
  if (failures > 0)
    return unusable(
      'pages',
      `PostgreSQL has read ${failures} damaged pages`,
      'See the log of PostgreSQL, and restore a backup.',
    );
  if (enabled) return usable('pages', 'PostgreSQL has met no damaged page');
  return limited(
    'pages',
    'PostgreSQL has no data checksums',
    'Enable them with pg_checksums, to notice damaged pages.',
  );
}

async function checkPages(file: string): Promise<readonly Finding[]> {
  const { problems, complete } = await runPageCheck(file);
  const [first, ...others] = problems;
  if (first === undefined) {
    const read = complete ? 'every page was read' : 'a sample was read, because the file is large';
    return [usable('pages', `no damage; ${read}`)];
  }
  const found = `damaged: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
  return [unusable('pages', found, `Stop the server, keep a copy of ${file}, and restore a backup.`)];
}

async function checkAudit({ database, dataDir, audit: { checkpointKeyFile: keyFile } }: Config) {
  try {
    const state = await inspectAudit(database, { folder: dataDir, ...(keyFile !== undefined && { keyFile }) });
    if (!state) return [usable('audit', 'nothing is signed yet')];
    const { signedLeaves, notedLeaves } = state;
    if (signedLeaves > 0 && notedLeaves === 0) {
      const detail = `checkpoints.log is gone or empty although the database has checkpoints, of ${signedLeaves} leaves`;
      return [limited('audit', detail, 'On a node that is not new, find out who removed it; see docs/audit.md.')];
    }
    return [usable('audit', `the database agrees with checkpoints.log, ${notedLeaves} leaves`)];
  } catch (error) {
    return [unusable('audit', messageOf(error), 'docs/audit.md explains what to do.')];
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
