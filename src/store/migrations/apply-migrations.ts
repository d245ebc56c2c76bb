import { Worker } from 'node:worker_threads';
import { Fault } from '../../core/errors.ts';
import type { MigrationWorkerData } from './migration-worker.ts';
import { listMigrationNames, type MigrationTarget } from './schema-engine.ts';

/**
 * Whether a database has every migration of its kind.
 * @param applied names of the migrations that were applied to it
 * @throws Fault UNAVAILABLE if this version does not know one of them
 */
export async function hasAllMigrations(kind: MigrationTarget['kind'], applied: readonly string[]): Promise<boolean> {
  const known = new Set(await listMigrationNames(kind));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Fault(
      'UNAVAILABLE',
      `A newer version of Signalbox has migrated the database (migration ${unknown}). Run that version, or restore a backup.`,
    );
  }
  return applied.length === known.size;
}

/** Applies the migrations that the database lacks, in a separate thread. @throws Fault UNAVAILABLE */
export async function applyMigrations(target: MigrationTarget): Promise<readonly string[]> {
  const workerData: MigrationWorkerData = { target };
  const worker = new Worker(new URL('./migration-worker.ts', import.meta.url), { workerData });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The migration was interrupted.')));
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('UNAVAILABLE', `The database could not be migrated (${reason}). Repair it, or restore a backup.`, {
      cause,
    });
  } finally {
    // The engine leaves timers behind, which would keep the thread alive for another ten seconds.
    await worker.terminate();
  }
}
