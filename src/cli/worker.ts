import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startWorker } from '../compose/worker.ts';
import { readWorkerEnvironment } from '../config/read-worker.ts';
import { EXIT, printLine, UsageError } from './output.ts';

/** Takes jobs of remote pools until SIGINT or SIGTERM. */
export async function worker(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { pool: { type: 'string', multiple: true } } });
  const pools = new Set((values.pool ?? []).flatMap((list) => list.split(',')).filter((name) => name !== ''));
  if (pools.size === 0) throw new UsageError('Name the pools whose steps the worker takes: --pool NAME[,NAME…].');
  const settings = readWorkerEnvironment(env, [...pools]);
  await mkdir(settings.config.dataDir, { recursive: true, mode: 0o700 });
  const running = await startWorker(settings);
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  printLine(`Signalbox worker ${settings.id}`);
  printLine(`  Topics  ${settings.topics.join(', ')}`);
  await interrupted;
  await running.stop();
  return EXIT.success;
}
