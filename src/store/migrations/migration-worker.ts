import { parentPort, workerData } from 'node:worker_threads';
import { type MigrationTarget, openSchemaEngine, readMigrations } from './schema-engine.ts';

/** What `applyMigrations` starts the worker with. */
export interface MigrationWorkerData {
  readonly target: MigrationTarget;
}

/** The worker's entry: the schema engine's 30 MB are freed with the thread. Its message is the list of applied migrations. */
if (parentPort && (workerData as Partial<MigrationWorkerData> | null)?.target !== undefined) {
  parentPort.postMessage(await applyAllMigrations((workerData as MigrationWorkerData).target));
}

async function applyAllMigrations(target: MigrationTarget): Promise<readonly string[]> {
  const engine = await openSchemaEngine(target);
  try {
    return await engine.apply(await readMigrations(target.kind));
  } finally {
    await engine.close();
  }
}
