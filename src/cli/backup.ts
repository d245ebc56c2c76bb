import { constants } from 'node:fs';
import { copyFile, cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openStorage } from '../compose/storage.ts';
import type { Config } from '../config/config.ts';
import { readDataDir, readEnvironment } from '../config/environment.ts';
import { createArtifactStore } from '../resources/artifacts/artifact-store.ts';
import { type CopiedArtifacts, copyArtifacts, keepArtifacts } from '../resources/artifacts/copy-artifacts.ts';
import { type CheckpointKey, readCheckpointKey } from '../store/audit/checkpoint-key.ts';
import { auditKeyFile } from '../store/audit/open-audit.ts';
import { backUpDatabase, restoreDatabase } from '../store/backup/database-backup.ts';
import { lockDataDir } from '../store/lock-data-dir.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { VerbContext } from './verb.ts';

/** Parts of a backup. */
const DATABASE = 'database';
const ARTIFACTS = 'artifacts';
const KEYS = 'keys';
const MEMORIES = 'memories';

/** Keys that a server without configured ones has made in its data folder. */
const KEY_FILES = ['checkpoint-key.pem', 'credentials-key', 'development-jwt-secret'];

/** Of a server that may be running. */
export async function backup(ctx: VerbContext, [path = '']: readonly (string | undefined)[]): Promise<undefined> {
  const { env, print, note } = ctx;
  const folder = resolve(path);
  const config = readEnvironment(env);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = await checkpointKey(config);
  // Artifacts are stored before the database names them.
  const { digests, verified } = await backUpDatabase(config.database, join(folder, DATABASE), key);
  await using opened = new AsyncDisposableStack();
  const { artifacts } = await openStorage(config, createLogger({ level: 'error' }), opened, 'backup');
  const copies = await createArtifactStore(join(folder, ARTIFACTS), 'backup');
  const { copied, bytes, missing } = await copyArtifacts(digests, artifacts, copies);
  await keepArtifacts(new Set(digests), copies);
  const keys = await copyKeys(config.dataDir, join(folder, KEYS));
  await copyFolder(join(config.dataDir, MEMORIES), join(folder, MEMORIES));
  const artifactCount = digests.length - missing.length;
  await print([{ id: folder, ...verified, artifacts: artifactCount, copied, bytes, missing: missing.length }]);
  noteMissing(ctx, missing);
  if (keys.length > 0) note(`The keys of the server are in ${KEYS}/: keep the backup as safe as the server.`);
}

/** Into an empty data folder or database. */
export async function restore(ctx: VerbContext, [path = '']: readonly (string | undefined)[]): Promise<undefined> {
  const { env, print } = ctx;
  const folder = resolve(path);
  const dataDir = readDataDir(env);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const logger = createLogger({ level: 'error' });
  const lock = lockDataDir(dataDir, logger);
  try {
    // Before the environment is read, which makes keys that are missing.
    await copyKeys(join(folder, KEYS), dataDir);
    const config = readEnvironment(env);
    await using opened = new AsyncDisposableStack();
    const { artifacts } = await openStorage(config, logger, opened, 'restore');
    const copies = await createArtifactStore(join(folder, ARTIFACTS), 'restore');
    let result: CopiedArtifacts | undefined;
    const copyAll = async (digests: readonly string[]) => {
      result = await copyArtifacts(digests, copies, artifacts);
    };
    const key = await checkpointKey(config);
    const { takenAt, verified } = await restoreDatabase(join(folder, DATABASE), config.database, key, copyAll);
    const { copied = 0, missing = [] } = result ?? {};
    await copyFolder(join(folder, MEMORIES), join(dataDir, MEMORIES));
    await print([{ id: folder, takenAt, ...verified, copied, missing: missing.length }]);
    noteMissing(ctx, missing);
  } finally {
    lock.release();
  }
}

function noteMissing({ note }: VerbContext, missing: readonly string[]): void {
  if (missing.length > 0) note(`${missing.length} artifacts are missing; the first is ${missing[0]}.`);
}

/** The key whose signatures are verified; undefined if the server has none yet. */
async function checkpointKey({ audit, dataDir }: Config): Promise<CheckpointKey | undefined> {
  const { checkpointKeyFile: keyFile } = audit;
  const file = auditKeyFile({ folder: dataDir, ...(keyFile !== undefined && { keyFile }) });
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  return exists ? readCheckpointKey(file, { make: false }) : undefined;
}

/** Existing keys stay. @returns the names of those that were there */
async function copyKeys(from: string, to: string): Promise<readonly string[]> {
  const names: readonly string[] = await readdir(from).catch(() => []);
  const keys = KEY_FILES.filter((name) => names.includes(name));
  if (keys.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of keys) {
    await copyFile(join(from, name), join(to, name), constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return keys;
}

async function copyFolder(from: string, to: string): Promise<void> {
  const exists = await stat(from).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (exists) await cp(from, to, { recursive: true });
}
