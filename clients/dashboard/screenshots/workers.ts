import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGatewaySetup } from '../../../test/support/cap/gateway-setup.ts';
import { startSdkWorker } from '../../../test/support/cap/sdk-worker.ts';
import { startWorkerProcess } from '../../../test/support/cap/worker-process.ts';
import type { Server } from '../../../test/support/server.ts';
import { until } from '../../../test/support/until.ts';
import { askOf } from '../test/support/open-dashboard.ts';
import { passwordOf } from './people.ts';

const DRAIN = `mutation { drainWorker(input: { id: "press-2" }) { __typename ... on Refusal { message } } }`;

/** A bus for remote workers: the environment of a server on it, and what starts workers of that server. */
export async function startBus(folder: string) {
  const closing = new AsyncDisposableStack();
  const setup = closing.use(await startGatewaySetup());
  const pools = join(folder, 'pools.yaml');
  await writeFile(pools, 'builders: { runtime: remote }\nprinters: { runtime: remote }\n');
  const env = { ...setup.nodeEnv, POOLS_FILE: pools };

  /** Two workers, one of which is drained, and two jobs that were given up. */
  async function startWorkers(server: Server): Promise<void> {
    const start = async (id: string, names: readonly string[]) =>
      closing.use(await startWorkerProcess({ nats: setup.nats, server, id, pools: names, env: { POOLS_FILE: pools } }));
    await start('press-1', ['builders', 'printers']);
    await start('press-2', ['printers']);
    await askOf(server, passwordOf)('admin', DRAIN);
    await using _silent = await startSdkWorker({
      ...{ url: setup.nats.url, id: 'label-printer', subject: 'job.labels.print' },
      handle: () => undefined,
    });
    // One job runs out of time, and the policy denies the other.
    for (const [client, topic] of [
      ['builder', 'job.labels.print'],
      ['analyst', 'job.invoices.archive'],
    ] as const) {
      await using sender = await setup.client(client);
      const jobId = await sender.submit({ topic, budget: { deadline_ms: 300 } });
      await until(`${jobId} has a dead letter`, () => sender.lettersOf(jobId).length > 0);
    }
  }
  return { env, startWorkers, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
