import { text } from 'node:stream/consumers';
import packageJson from '../../package.json' with { type: 'json' };
import type { Authenticator } from '../auth/authenticator.ts';
import { createAuthenticator } from '../auth/create-authenticator.ts';
import { withDevStandings } from '../auth/dev-accounts.ts';
import type { Bus } from '../bus/bus.ts';
import { openBus } from '../bus/open-bus.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Config } from '../config/config.ts';
import type { AccountStandings } from '../core/accounts/accounts.ts';
import type { ArtifactStore } from '../core/artifact-store.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { CpuPool } from '../core/cpu-pool.ts';
import type { Resources, SchemaValidator } from '../core/resource.ts';
import type { HealthCheck, StorageWatch } from '../core/telemetry.ts';
import { toProtocol } from '../plugins/adapt/protocol.ts';
import type { Plugins } from '../plugins/load-plugins.ts';
import { createWorkspaces, type Workspaces } from '../resources/artifacts/workspaces.ts';
import { createOutgoing, type Outgoing } from '../resources/outgoing/outgoing.ts';
import type { Redis } from '../resources/redis/redis.ts';
import { createResources } from '../resources/resources.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';
import { lockDataDir } from '../store/lock-data-dir.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createLogger, type FlushableLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { openStorage } from './storage.ts';

/** Spans that have not been sent by then are dropped. */
const TRACING_FLUSH_TIMEOUT_MS = 1_000;

/** What connects the engine to the disk, the database, the network and other threads. */
export interface Adapters {
  readonly version: string;
  readonly clock: Clock;
  readonly logger: FlushableLogger;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly store: Store;
  /** Checks the files and pages of the database. */
  readonly storage: StorageWatch;
  /** Between nodes, workers and clients. */
  readonly bus: Bus;
  /** Who is on it; absent without NATS, because nobody else is. */
  readonly cluster?: Cluster;
  readonly artifacts: ArtifactStore;
  /** Where contexts and results of jobs are; absent without REDIS_URL. */
  readonly redis?: Redis;
  /** Checks the services that are neither the database nor the disk. */
  readonly services: readonly (() => Promise<HealthCheck>)[];
  readonly workspaces: Workspaces;
  readonly outgoing: Outgoing;
  readonly resources: Resources;
  readonly cpu: CpuPool;
  readonly schemas: SchemaValidator;
  /** Whose tokens are valid, and which roles accounts have today. */
  readonly standings: AccountStandings;
  readonly authenticator: Authenticator;
}

/**
 * @param opened gets what closes each of them
 * @throws Fault CONFLICT when another process uses the data folder, UNAVAILABLE when the database, NATS or the bucket of artifacts
 *   cannot be used
 */
export async function openAdapters(
  config: Config,
  plugins: Pick<Plugins, 'protocols'>,
  opened: AsyncDisposableStack,
): Promise<Adapters> {
  const { version } = packageJson;
  const clock = systemClock;
  const logger = createLogger({ level: config.telemetry.logLevel });
  opened.defer(() => logger.flush());
  const metrics = createMetrics();
  const tracing = await startTracing(config.telemetry, { version, logger });
  opened.defer(() => tracing.shutdown(TRACING_FLUSH_TIMEOUT_MS));

  const lock = lockDataDir(config.dataDir, logger);
  opened.defer(lock.release);
  const file = config.database.kind === 'sqlite' ? config.database.file : undefined;
  if (file !== undefined) lock.lockFile(file);
  const { checkpointKeyFile: keyFile, retentionDays: days } = config.audit;
  const store = await openStore({
    database: config.database,
    logger,
    metrics,
    quotas: config.quotas,
    audit: { folder: config.dataDir, ...(keyFile !== undefined && { keyFile }) },
  });
  opened.defer(() => store.close());
  // The store may have created it.
  if (file !== undefined) lock.lockFile(file);
  const bus = await openBus(config.nats, logger);
  opened.defer(() => bus.close());
  const cluster = config.nats && (await openCluster({ settings: config.peers, bus, store, clock, logger }));
  opened.defer(() => cluster?.close());
  const { artifacts, services, ...places } = await openStorage(config, logger, opened);
  const workspaces = createWorkspaces(config.workspacesDir);
  const storage = store.watchStorage();
  opened.defer(() => storage.stop());
  const retention = store.startRetention({ artifacts, workspaces, clock, days });
  opened.defer(() => retention.stop());

  const { allowedPrivateHosts, headerTimeoutMs } = config.resources;
  const outgoing = createOutgoing({ version, allowedPrivateHosts, headerTimeoutMs });
  opened.defer(() => outgoing.close());
  const resources = createResources({
    settings: config.resources,
    outgoing,
    artifacts,
    ...places,
    content: (scope, digest) => store.reader.content(scope, digest),
    protocols: plugins.protocols.map(toProtocol),
  });
  const cpu = createCpuPool({ logger });
  opened.defer(() => cpu.close());
  const standings = withDevStandings(store.standings, config.auth.devAccounts);
  const authenticator = createAuthenticator({
    config: config.auth,
    accounts: store.accounts,
    standings,
    accessTokens: store.accessTokens,
    clock,
    countNodes: store.leases.countNodes,
    fetchKeys: async (url, { headers, signal }) => {
      const timeoutMs = config.resources.totalTimeoutMs;
      const request = { headers: Object.fromEntries(headers), signal, timeoutMs };
      const response = await outgoing.request(resources.canonicalize(url), request);
      return new Response(await text(response.body), { status: response.status });
    },
  });
  return {
    version,
    clock,
    logger,
    metrics,
    store,
    storage,
    bus,
    ...(cluster && { cluster }),
    artifacts,
    services,
    ...(places.redis && { redis: places.redis }),
    workspaces,
    outgoing,
    resources,
    cpu,
    schemas: createSchemaValidator(),
    standings,
    authenticator,
  };
}

/** Few servers have a bus, and the libraries of packets take memory. */
async function openCluster({
  store,
  ...deps
}: Omit<Parameters<typeof import('../cluster/cluster.ts').openCluster>[0], 'restrictions' | 'handshakes'> & {
  readonly store: Store;
}): Promise<Cluster> {
  const cluster = await import('../cluster/cluster.ts');
  return cluster.openCluster({ ...deps, ...(await store.openWorkerTables()) });
}
