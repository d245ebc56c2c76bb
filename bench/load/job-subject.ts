import { connectNatsBus } from '../../src/bus/nats-bus.ts';
import { openPeers } from '../../src/cluster/peers/peers.ts';
import { openWorkers } from '../../src/cluster/workers/workers.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/telemetry.ts';
import { createJobs } from '../../src/engine/jobs/jobs.ts';
import { BENCH_PRINCIPAL, type OpenEngine, openEngine } from './open-engine.ts';
import type { OpenSubject } from './subject.ts';

const RUN_TIMEOUT_MS = 60_000;
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The parts of a job, from its submission to its durable end, in one process. */
export async function openJobEngine(url: string, nats: string): Promise<OpenEngine> {
  const bus = await connectNatsBus({ servers: [new URL(nats).host] }, silent);
  const settings = { allowUnsigned: true, emptySignature: false, senderId: 'signalbox' };
  const restrictions = {
    isDrained: () => false,
    isRevoked: () => false,
    add: async () => {},
    onChange: () => () => {},
  };
  const handshakes = { list: async () => [], save: async () => {}, remove: async () => {} };
  const peers = openPeers({ settings, restrictions, clock: systemClock, logger: silent });
  const workers = await openWorkers({ bus, peers, restrictions, handshakes, clock: systemClock, logger: silent });
  const pointers = {
    writeContext: async () => '',
    has: () => false,
    read: async () => Buffer.alloc(0),
    expire: async () => {},
  };
  const cluster = { bus, packets: peers, workers, pointers, jobTimeoutMs: RUN_TIMEOUT_MS };
  const opened = await openEngine(url, { createJobs: (engine) => createJobs(engine, cluster) });
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await workers.close();
      await bus.close();
      peers.close();
    },
  };
}

/** One job: submitted, decided, recorded, sent to a worker that echoes, its result recorded. `variant` is the URL of NATS. */
export const open: OpenSubject = async ({ url, variant = '' }) => {
  const opened = await openJobEngine(url, variant);
  return {
    async perform() {
      const { run } = await opened.engine.submitJob(BENCH_PRINCIPAL, {
        job: { topic: 'job.bench' },
        waitMs: RUN_TIMEOUT_MS,
      });
      if (run.state !== 'SUCCEEDED') throw new Error(`The run ${run.id} ended as ${run.state}: ${run.error?.message}`);
    },
    close: async () => void (await opened[Symbol.asyncDispose]()),
  };
};
