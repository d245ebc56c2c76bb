import { Fault } from '../core/errors.ts';
import type { EngineDeps } from '../engine/create-engine.ts';
import type { JobPointers } from '../engine/jobs/job-output.ts';
import { artifactUri } from '../lib/artifact-uri.ts';
import { createPointerStore } from '../resources/pointers/pointer-store.ts';
import type { Adapters } from './adapters.ts';

/** Of the context of a job, as the protocol has it. */
const MAX_CONTEXT_BYTES = 2 * 2 ** 20;
/** Of a job that states no time limit. */
const JOB_TIMEOUT_MS = 15 * 60_000;

/** What sends jobs to workers, where there is a bus. */
export async function openJobs({ bus, cluster, artifacts, redis }: Adapters): Promise<Pick<EngineDeps, 'createJobs'>> {
  if (!cluster) return {};
  // Few servers have a bus, and its libraries take memory.
  const { createJobs } = await import('../engine/jobs/jobs.ts');
  const deps = {
    bus,
    packets: cluster.peers,
    workers: cluster.workers,
    pointers: redis ? createPointerStore(redis) : artifactPointers(artifacts),
    jobTimeoutMs: JOB_TIMEOUT_MS,
  };
  return { createJobs: (engine) => createJobs(engine, deps) };
}

/** Without Redis, contexts are artifacts, which workers with the same artifact store can read. */
function artifactPointers(artifacts: Adapters['artifacts']): JobPointers {
  return {
    async writeContext(_jobId, bytes) {
      if (bytes.length > MAX_CONTEXT_BYTES) {
        const message = `The context of a job may have ${MAX_CONTEXT_BYTES} bytes, and has ${bytes.length}. Store it elsewhere, and set context_ptr.`;
        throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['context'] });
      }
      return artifactUri((await artifacts.put(bytes, { maxBytes: MAX_CONTEXT_BYTES })).digest);
    },
    has: () => false,
    read: async (pointer) => {
      throw new Fault('NOT_FOUND', `There is no ${pointer}.`);
    },
    expire: async () => {},
  };
}
