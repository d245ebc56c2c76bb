import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import packageJson from '../../package.json' with { type: 'json' };
import type { Authenticator } from '../auth/authenticator.ts';
import { createAuthenticator } from '../auth/create-authenticator.ts';
import { withDevStandings } from '../auth/dev-accounts.ts';
import type { Config } from '../config/config.ts';
import type { AccountStandings } from '../core/accounts.ts';
import type { ArtifactStore } from '../core/artifact-store.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { CpuPool } from '../core/cpu-pool.ts';
import type { Resources, SchemaValidator } from '../core/resource.ts';
import type { StorageWatch } from '../core/telemetry.ts';

import { createArtifactStore } from '../resources/artifacts/artifact-store.ts';
import { createWorkspaces, type Workspaces } from '../resources/artifacts/workspaces.ts';
import { createOutgoing, type Outgoing } from '../resources/outgoing/outgoing.ts';
import { createResources } from '../resources/resources.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';
import { lockDataDir } from '../store/lock-data-dir.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createLogger, type FlushableLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';

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
  readonly artifacts: ArtifactStore;
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
 * @throws Fault CONFLICT when another process uses the data folder, UNAVAILABLE when the database cannot be reached
 */
export async function openAdapters(config: Config, opened: AsyncDisposableStack): Promise<Adapters> {
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
  const artifacts = await createArtifactStore(config.artifactsDir, nodeName(config));
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
    content: (scope, digest) => store.reader.content(scope, digest),
  });
  const cpu = createCpuPool({ logger });
  opened.defer(() => cpu.close());
  const standings = withDevStandings(store.standings, config.auth.devAccounts);
  const authenticator = createAuthenticator({
    config: config.auth,
    accounts: store.accounts,
    standings,
    clock,
    fetchKeys: async (url, { headers, signal }) => {
      const timeoutMs = config.resources.totalTimeoutMs;
      const request = { headers: Object.fromEntries(headers), signal, timeoutMs };
      const response = await outgoing.get(resources.canonicalize(url), request);
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
    artifacts,
    workspaces,
    outgoing,
    resources,
    cpu,
    schemas: createSchemaValidator(),
    standings,
    authenticator,
  };
}

/** A data folder belongs to one process, so its path names the node. */
function nodeName({ dataDir }: Config): string {
  return createHash('sha256').update(`${hostname()}:${dataDir}`).digest('hex').slice(0, 32);
}
