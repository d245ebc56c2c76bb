import { parentPort, workerData } from 'node:worker_threads';
import { migrationList, openSchemaEngine, type SchemaTarget } from './schema-engine.ts';

/** What `migrate` starts the worker with. */
export interface MigrationWork {
  readonly migrate: SchemaTarget;
}

/** A worker's entry: the schema engine's 30 MB leave with the thread. Its last message is what was applied. */
if (parentPort && (workerData as Partial<MigrationWork> | null)?.migrate !== undefined) {
  parentPort.postMessage(await applyAll((workerData as MigrationWork).migrate));
}

async function applyAll(target: SchemaTarget): Promise<readonly string[]> {
  const engine = await openSchemaEngine(target);
  try {
    return await engine.apply(await migrationList(target.kind));
  } finally {
    await engine.close();
  }
}
