import { connect } from '@nats-io/transport-node';
import { openBus } from '../../src/bus/open-bus.ts';
import { SUBJECTS } from '../../src/cap/subjects.ts';
import { createJobs } from '../../src/engine/jobs/jobs.ts';
import { startNatsServer } from '../../test/support/bus/nats-server.ts';
import { type OpenEngine, openEngine } from '../load/open-engine.ts';
import { answerTo, CLUSTER, runJobs, TOPIC } from './measure-jobs.ts';

/** Of several nodes with one database and one NATS. */
export interface NodesThroughput {
  readonly jobsPerSecond: number;
  /** Messages to runs that were stored in the database, per job. */
  readonly messagesPerJob: number;
  readonly jobs: number;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const WARM_UP_MS = 1_000;

/**
 * Real jobs with several nodes, all in this process: each is submitted at one node, which waits for its end, and any node takes its
 * result from the stream. The worker answers at once.
 * @param url of an empty PostgreSQL database
 * @param lanes jobs in progress in all nodes together
 */
export async function measureNodes(
  url: string,
  { nodes, lanes, seconds }: { readonly nodes: number; readonly lanes: number; readonly seconds: number },
): Promise<NodesThroughput> {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNatsServer());
  const { host } = new URL(nats.url);
  const worker = await connect({ servers: nats.url });
  stack.defer(() => worker.close());
  worker.subscribe(TOPIC, {
    queue: TOPIC,
    callback: (_, { data }) => worker.publish(SUBJECTS.result, answerTo(data)),
  });
  await worker.flush();
  const opened: OpenEngine[] = [];
  for (let node = 0; node < nodes; node += 1) {
    const bus = await openBus({ servers: [host] }, silent);
    stack.defer(() => bus.close());
    opened.push(stack.use(await openEngine(url, { createJobs: (engine) => createJobs(engine, { ...CLUSTER, bus }) })));
  }
  let messages = 0;
  const count = () => {
    messages += 1;
  };
  for (const { store } of opened) store.inbox.onMessage(count);
  const runAll = async (ms: number) => {
    const counts = await Promise.all(opened.map((one) => runJobs(one, lanes / nodes, ms)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await runAll(WARM_UP_MS);
  messages = 0;
  const began = performance.now();
  const jobs = await runAll(seconds * 1_000);
  const jobsPerSecond = (jobs * 1_000) / (performance.now() - began);
  // Every node hears of each message.
  return { jobsPerSecond, messagesPerJob: messages / nodes / jobs, jobs };
}
