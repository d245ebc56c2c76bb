import { rm } from 'node:fs/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { openBus } from '../bus/open-bus.ts';
import { openPeers } from '../cluster/peers/peers.ts';
import { createQueries } from '../commands/read/registry.ts';
import { commands as builtIn } from '../commands/registry.ts';
import type { WorkerConfig } from '../config/read-worker.ts';
import type { ArtifactStore } from '../core/artifact-store.ts';
import { systemClock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { createCapabilities } from '../engine/capabilities/capabilities.ts';
import { createGate } from '../engine/gate/gate.ts';
import { createRunWorkspaces } from '../engine/gate/run-workspaces.ts';
import { artifactDigest, artifactUri } from '../lib/artifact-uri.ts';
import { toProtocol } from '../plugins/adapt/protocol.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { createWorkspaces, type Workspaces } from '../resources/artifacts/workspaces.ts';
import { createOutgoing } from '../resources/outgoing/outgoing.ts';
import type { Redis } from '../resources/redis/redis.ts';
import { createResources, type ResourcesDeps } from '../resources/resources.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';
import { catalogJson } from '../surfaces/graphql/schema/server/catalog-json.ts';
import { createLogger } from '../telemetry/logger.ts';
import { startTracing } from '../telemetry/tracing.ts';
import type { WorkDeps } from '../worker/perform-item.ts';
import type { WorkPointers } from '../worker/perform-job.ts';
import {
  NO_CREDENTIALS,
  NO_MEMORIES,
  NO_RESTRICTIONS,
  QUOTAS_OF_SERVER,
  UNLIMITED_WORKSPACES,
} from '../worker/without-database.ts';
import { createWorker } from '../worker/worker.ts';
import { MAX_RESULT_GROWTH, openAgentsAndTools } from './agents-and-tools.ts';
import { openStorage } from './storage.ts';

const TRACING_FLUSH_TIMEOUT_MS = 1_000;
/** Folders of runs that no step has used for so long are removed. */
const WORKSPACE_AGE_MS = 86_400_000;
const SWEEP_MS = 3_600_000;
const MAX_RESULT_BYTES = 2 * 2 ** 20;
const RESULT_SECONDS = 86_400;
const REDIS = 'redis://';

/** A worker that takes jobs. */
interface RunningWorker {
  /** Takes no more jobs, lets running ones finish for DRAIN_MS, and closes everything. */
  stop(): Promise<void>;
}

/**
 * A worker of remote pools: what a server has for its steps, without a database and without surfaces.
 * @throws Fault BAD_INPUT for a policy or plugin that is not valid, UNAVAILABLE when NATS or the artifact store cannot be reached
 */
export async function startWorker(worker: WorkerConfig): Promise<RunningWorker> {
  const { config, isTemporary, serverId } = worker;
  await using opened = new AsyncDisposableStack();
  const { version } = packageJson;
  const logger = createLogger({ level: config.telemetry.logLevel });
  opened.defer(() => logger.flush());
  const tracing = await startTracing(config.telemetry, { version, logger });
  opened.defer(() => tracing.shutdown(TRACING_FLUSH_TIMEOUT_MS));
  if (isTemporary) opened.defer(() => rm(config.dataDir, { recursive: true, force: true }));
  const bus = await openBus(config.nats, logger, worker.id);
  opened.defer(() => bus.close());
  const packets = openPeers({ settings: config.peers, restrictions: NO_RESTRICTIONS, clock: systemClock, logger });
  opened.defer(() => packets.close());
  const storage = await openStorage(config, logger, opened);
  const artifacts = worker.sharesArtifacts ? storage.artifacts : withoutStore(storage.artifacts);
  const policy = await loadPolicy({ ...config.policy, logger });
  opened.defer(() => policy.close());

  const work = await openWork(worker, { ...storage, version, logger, artifacts, policy }, opened);
  const running = createWorker(
    { ...worker, version },
    {
      ...{ bus, packets, logger, serverId, work },
      pointers: pointersOf(artifacts, storage.redis),
      policySnapshot: () => policy.snapshot(),
    },
  );
  let drainMs = 0;
  opened.defer(() => running.stop(drainMs));
  await running.begin();
  const all = opened.move();
  return {
    async stop() {
      ({ drainMs } = config.engine);
      await all.disposeAsync();
      logger.info('worker.stopped', { worker: worker.id });
      await logger.flush();
    },
  };
}

interface WorkAdapters extends Pick<ResourcesDeps, 's3' | 'redis'> {
  readonly version: string;
  readonly logger: ReturnType<typeof createLogger>;
  readonly artifacts: ArtifactStore;
  readonly policy: Awaited<ReturnType<typeof loadPolicy>>;
}

/** What steps need. */
async function openWork(
  { config, sharesWorkspaces }: WorkerConfig,
  { version, logger, artifacts, policy, s3, redis }: WorkAdapters,
  opened: AsyncDisposableStack,
): Promise<WorkDeps> {
  const clock = systemClock;
  const plugins = await loadPlugins(config.plugins);
  const { allowedPrivateHosts, headerTimeoutMs, fetchMaxBytes } = config.resources;
  const outgoing = createOutgoing({ version, allowedPrivateHosts, headerTimeoutMs });
  opened.defer(() => outgoing.close());
  const resources = createResources({
    ...{ settings: config.resources, outgoing, artifacts, ...(s3 && { s3 }), ...(redis && { redis }) },
    // The server says what a job may read.
    content: async () => undefined,
    protocols: plugins.protocols.map(toProtocol),
  });
  const cpu = createCpuPool({ logger });
  opened.defer(() => cpu.close());
  const schemas = createSchemaValidator();
  const parts = { version, outgoing, resources, schemas, logger, clock, credentials: NO_CREDENTIALS };
  const { tools, backends, kinds, secret } = await openAgentsAndTools(config, parts, plugins);
  const commands = [...builtIn, ...plugins.commands];
  const workspaces = createWorkspaces(config.workspacesDir);
  if (!sharesWorkspaces) opened.defer(sweepWorkspaces(workspaces));
  return {
    ...{ resources, artifacts, schemas, cpu, clock, logger, secret },
    capabilities: createCapabilities({
      ...{ commands, tools, backends, kinds, pools: new Map() },
      queries: createQueries(() => catalogJson({ commands, tools, backends, kinds, resources })),
    }),
    // The server states the roles of today.
    gate: createGate({
      ...{ policy, clock, logger, metrics: { policyDecided() {} } },
      standings: { standingOf: () => ({ state: 'unknown', notBefore: null }) },
    }),
    quotas: QUOTAS_OF_SERVER,
    memories: NO_MEMORIES,
    workspaces: createRunWorkspaces({
      ...{ folder: workspaces.of, usage: UNLIMITED_WORKSPACES, limits: config.quotas, clock, logger },
    }),
    maxReadBytes: fetchMaxBytes,
    maxResultBytes: fetchMaxBytes * MAX_RESULT_GROWTH,
    timeoutMs: config.engine.commandTimeoutMs,
    agentTimeoutMs: config.agents.timeoutMs,
    scopeOf: () => undefined,
  };
}

/** The steps of a run that this worker performs share a folder. @returns ends it */
function sweepWorkspaces(workspaces: Workspaces): () => void {
  const sweep = async () => {
    for await (const runId of workspaces.unusedSince(new Date(Date.now() - WORKSPACE_AGE_MS))) {
      await workspaces.remove(runId).catch(() => {});
    }
  };
  void sweep();
  const timer = setInterval(sweep, SWEEP_MS).unref();
  return () => clearInterval(timer);
}

/** Without a store that the server has too, nothing can be an artifact. */
function withoutStore(artifacts: ArtifactStore): ArtifactStore {
  const refuse = async (): Promise<never> => {
    const message = 'This worker has no artifact store. Set its ARTIFACTS_URL or ARTIFACTS_DIR to that of the server.';
    throw new Fault('BAD_INPUT', message);
  };
  return { ...artifacts, put: refuse, adopt: refuse };
}

/** With Redis, contexts and results are there. */
function pointersOf(artifacts: ArtifactStore, redis: Redis | undefined): WorkPointers {
  return {
    async readContext(pointer, maxBytes) {
      const digest = artifactDigest(pointer);
      if (digest !== undefined) return artifacts.read(digest, maxBytes);
      const key = pointer.startsWith(REDIS) ? pointer.slice(REDIS.length) : undefined;
      const bytes = key === undefined ? undefined : await redis?.read(key, maxBytes);
      if (bytes) return bytes;
      const message = `The context of the job, ${pointer || 'nothing'}, is not there. Give the worker the REDIS_URL and the artifact store of the server.`;
      throw new Fault('NOT_FOUND', message);
    },
    async writeResult(jobId, bytes) {
      if (!redis) return artifactUri((await artifacts.put(bytes, { maxBytes: MAX_RESULT_BYTES })).digest);
      await redis.write(`res:${jobId}`, bytes, RESULT_SECONDS);
      return `${REDIS}res:${jobId}`;
    },
  };
}
