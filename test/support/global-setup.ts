import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropDatabases } from './store/migrated-database.ts';

/** Where the server keeps compiled code. */
const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/signalbox');

/** Creates the folder for what the test files of this run share. */
export async function setup(): Promise<void> {
  // As in a server: worker threads and child processes look at it, and start in half the time.
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  process.env.SHARED_TEST_FOLDER = await mkdtemp(join(tmpdir(), 'signalbox-tests-'));
}

export async function teardown(): Promise<void> {
  // Nothing is there to drop if no server answers.
  await dropDatabases().catch(() => {});
  await rm(process.env.SHARED_TEST_FOLDER as string, { recursive: true, force: true });
}
