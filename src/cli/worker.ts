import { mkdir } from 'node:fs/promises';
import { startWorker } from '../compose/worker.ts';
import { readWorkerEnvironment } from '../config/read-worker.ts';
import { nextInterruption } from './interruption.ts';
import type { VerbContext } from './verb.ts';

/** Takes jobs of remote pools until SIGINT or SIGTERM. */
export async function worker(
  { env, say }: VerbContext,
  _: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Promise<undefined> {
  const lists = options.pool as readonly string[];
  const pools = new Set(lists.flatMap((list) => list.split(',')).filter((name) => name !== ''));
  const settings = readWorkerEnvironment(env, [...pools]);
  await mkdir(settings.config.dataDir, { recursive: true, mode: 0o700 });
  const interrupted = nextInterruption();
  const running = await startWorker(settings);
  await say(`Signalbox worker ${settings.id}\n  Topics  ${settings.topics.join(', ')}`);
  await interrupted;
  await running.stop();
}
