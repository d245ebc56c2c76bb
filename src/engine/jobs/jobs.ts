import type { QueueSizes } from '../../core/telemetry.ts';
import type { JobPlaces } from '../driver/slots.ts';
import type { Attempt } from '../model/attempt.ts';
import type { MutableStep } from '../model/run-aggregate.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import type { ClusterDeps, JobEngineDeps, JobWaits } from './job-deps.ts';
import { createJobEnds } from './job-ends.ts';
import { createJobQueue, sumByTopic } from './job-places.ts';
import { performJob } from './perform-job.ts';
import { createReportedEvents } from './reported-events.ts';

/** The jobs of this node: sends them, and takes their ends. */
export interface Jobs {
  readonly places: JobPlaces;
  /** Sends the job of the step, unless it was sent before, and waits for its end. */
  perform(attempt: Attempt): Promise<StoredOutput>;
  /** The end of the job of the step is recorded. */
  continue(step: MutableStep): void;
  /** Must be called with the ids of the nodes that are alive: each prefers its share of the workers. */
  shareWorkers(nodeIds: readonly string[]): void;
  /** How many jobs wait for a worker, by topic: on this node, and in the database. */
  sizes(): Promise<Pick<QueueSizes, 'jobs' | 'parkedJobs'>>;
  /** Begins to take results and progress. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

/** A scrape of the metrics must cost little, whatever waits. */
const MAX_COUNTED_QUEUES = 100;
const MAX_COUNTED_JOBS = 10_000;

/** Creates the jobs of an engine; imported only where there is a bus. */
export function createJobs(engine: JobEngineDeps, cluster: ClusterDeps): Jobs {
  const queue = createJobQueue(cluster.workers, {
    ...engine.leases,
    wake: engine.findRun,
    logger: engine.logger,
    clock: engine.clock,
  });
  const waits: JobWaits = new Map();
  const reported = createReportedEvents(engine.reader);
  const ends = createJobEnds({ ...engine, reported }, cluster, waits, queue);
  return {
    places: queue,
    perform: (attempt) => performJob({ ...engine, ...cluster, queue, waits, reported }, attempt),
    continue: ({ id }) => waits.get(id)?.onEnded(),
    shareWorkers: (nodeIds) => cluster.workers.shareAmong(nodeIds, engine.leases.nodeId),
    async sizes() {
      const jobs = queue.waitingByTopic();
      const names = (await engine.leases.queues()).slice(0, MAX_COUNTED_QUEUES);
      const counts = names.map(
        async (name) => [name, await engine.leases.countInQueue(name, MAX_COUNTED_JOBS)] as const,
      );
      return { jobs, parkedJobs: sumByTopic(await Promise.all(counts)) };
    },
    async begin() {
      await ends.begin();
      queue.begin();
    },
    async stop() {
      queue.stop();
      await ends.stop();
    },
  };
}
