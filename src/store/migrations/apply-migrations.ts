import { Worker } from 'node:worker_threads';
import { Fault } from '../../core/errors.ts';
import type { MigrationWorkerData } from './migration-worker.ts';
import { listMigrationNames, type MigrationTarget } from './schema-engine.ts';

/**
 * Whether a database has every migration of its kind.
 * @param applied names of those that it has
 * @throws Fault UNAVAILABLE when it has one that this version does not know
 */
export async function hasAllMigrations(kind: MigrationTarget['kind'], applied: readonly string[]): Promise<boolean> {
  const known = new Set(await listMigrationNames(kind));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Fault(
      'UNAVAILABLE',
      `A newer version of Signalbox made the database (migration ${unknown}). Run that version, or restore a backup.`,
    );
  }
  return applied.length === known.size;
}

/** Applies the migrations that the database lacks, in a thread of its own. @throws Fault UNAVAILABLE */
export async function applyMigrations(target: MigrationTarget): Promise<readonly string[]> {
  const workerData: MigrationWorkerData = { target };
  const worker = new Worker(new URL('./migration-worker.ts', import.meta.url), { workerData });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The migration was cut off.')));
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('UNAVAILABLE', `The database could not be migrated: mend it, or restore a backup. ${reason}`, {
      cause,
    });
  } finally {
    // The engine leaves timers behind, which would keep the thread for another ten seconds.
    await worker.terminate();
  }
}
