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
import type { VerifiedRows } from '../store/backup/verify-rows.ts';
import { lockDataDir } from '../store/lock-data-dir.ts';
import { createLogger } from '../telemetry/logger.ts';
import { EXIT, printLine, UsageError } from './output.ts';

/** Parts of a backup. */
const DATABASE = 'database';
const ARTIFACTS = 'artifacts';
const KEYS = 'keys';
const MEMORIES = 'memories';

/** Keys that a server without configured ones has made in its data folder. */
const KEY_FILES = ['checkpoint-key.pem', 'credentials-key', 'development-jwt-secret'];

/** `backup DIR`: of a server that may be running. */
export async function backup(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const folder = folderOf(args, 'backup');
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
  printLine(`${summary(verified)}, verified.`);
  printLine(`${digests.length - missing.length} artifacts, of which ${copied} were copied now (${bytes} bytes).`);
  if (missing.length > 0) printLine(`${missing.length} artifacts are missing; the first is ${missing[0]}.`);
  if (keys.length > 0) printLine(`Its keys are in ${KEYS}/: keep the backup as safe as the server.`);
  return EXIT.success;
}

/** `restore DIR`: into an empty data folder or database. */
export async function restore(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const folder = folderOf(args, 'restore');
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
    printLine(`${summary(verified)}, as of ${takenAt}, verified.`);
    printLine(`${copied} artifacts were copied${missing.length > 0 ? `, ${missing.length} are missing` : ''}.`);
    return EXIT.success;
  } finally {
    lock.release();
  }
}

function folderOf(args: readonly string[], verb: string): string {
  const [folder, ...rest] = args;
  if (folder === undefined || folder.startsWith('-') || rest.length > 0)
    throw new UsageError(`${verb} takes one folder.`);
  return resolve(folder);
}

function summary({ runs, events, leaves, signed }: VerifiedRows): string {
  return `${runs} runs with ${events} events; ${leaves} ends of runs, ${signed} of them under a signature of this server`;
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
