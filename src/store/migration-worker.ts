import { parentPort, workerData } from 'node:worker_threads';
import { migrationList, openSchemaEngine } from './schema-engine.ts';

/** What `migrate` starts the worker with. */
export interface MigrationWork {
  readonly migrate: string;
}

/** A worker's entry: the schema engine's 30 MB leave with the thread. */
if (parentPort && (workerData as Partial<MigrationWork> | null)?.migrate !== undefined) {
  const engine = await openSchemaEngine((workerData as MigrationWork).migrate);
  try {
    parentPort.postMessage(await engine.apply(await migrationList()));
  } finally {
    await engine.close();
  }
}
