import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createLogger } from '../telemetry/logger.ts';

/** Opens the store of a server, which may be running, for one verb. */
export async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore({ database: config.database, logger: createLogger({ level: 'error' }) });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
