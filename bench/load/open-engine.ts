import { join } from 'node:path';
import { createQueries } from '../../src/commands/read/registry.ts';
import { commands } from '../../src/commands/registry.ts';
import { QUOTAS } from '../../src/core/accounts/accounts.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { SignedIn } from '../../src/core/principal.ts';
import type { Logger, Metrics } from '../../src/core/telemetry.ts';
import { createEngine, type EngineDeps } from '../../src/engine/create-engine.ts';
import { createGate } from '../../src/engine/gate/gate.ts';
import { createQuotas } from '../../src/engine/gate/quotas.ts';
import { createRunWorkspaces } from '../../src/engine/gate/run-workspaces.ts';
import type { Engine } from '../../src/engine/requests/engine.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import { scopeOf } from '../../src/policy/visibility.ts';
import { createArtifactStore } from '../../src/resources/artifacts/artifact-store.ts';
import { createOutgoing } from '../../src/resources/outgoing/outgoing.ts';
import { createResources } from '../../src/resources/resources.ts';
import { createSchemaValidator } from '../../src/resources/schemas/schema-validator.ts';
import { createCpuPool } from '../../src/runtime/cpu/cpu-pool.ts';
import { job } from '../../src/step-kinds/job.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { noop } from './noop.ts';

/** The principal of every measured run. */
export const BENCH_PRINCIPAL: SignedIn = {
  kind: 'user',
  subject: 'bench',
  username: 'bench',
  tenant: 'default',
  roles: ['admin'],
};

export interface OpenEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly store: Store;
  /** How many runs are in memory. */
  activeRuns(): Promise<number>;
}

const root = join(import.meta.dirname, '../..');
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const DRAIN_TIMEOUT_MS = 5_000;

/**
 * A store and an engine with the limits of a server and the command `noop`, without HTTP, log and signed checkpoints.
 * @param url `postgres://…`, or the path of a SQLite file
 * @param createJobs what sends jobs to workers. Default: none are sent
 * @param journalCommitted hears of each commit
 */
export async function openEngine(
  url: string,
  { createJobs, journalCommitted }: Pick<EngineDeps, 'createJobs'> & Partial<Pick<Metrics, 'journalCommitted'>> = {},
): Promise<OpenEngine> {
  const folder = await createTempFolder();
  const database = url.startsWith('postgres') ? { kind: 'postgres', url } : { kind: 'sqlite', file: url };
  const store = await openStore({
    database: database as Parameters<typeof openStore>[0]['database'],
    logger: silent,
    ...(journalCommitted && { metrics: { journalCommitted } }),
  });
  const settings = {
    fetchMaxBytes: 10 * 1_048_576,
    allowedPrivateHosts: [],
    localRoots: [],
    memoryRoot: { name: '/memories', folder: join(folder.path, 'memories') },
    headerTimeoutMs: 1_000,
    totalTimeoutMs: 5_000,
  };
  const artifacts = await createArtifactStore(join(folder.path, 'artifacts'));
  const outgoing = createOutgoing({ version: '0', ...settings });
  const content = store.reader.content;
  const resources = createResources({ settings, outgoing, artifacts, content });
  const cpu = createCpuPool();
  const files = { modelFile: join(root, 'policy/model.conf'), rulesFile: join(root, 'policy/policy.csv') };
  const policy = await loadPolicy({ ...files, logger: silent });
  const metrics = createMetrics();
  const engine = createEngine({
    ...store,
    queries: createQueries(() => ({})),
    policy,
    resources,
    artifacts,
    cpu,
    metrics,
    logger: silent,
    clock: systemClock,
    commands: [...commands, noop],
    tools: [],
    backends: [],
    kinds: createJobs ? [job(resources.canonicalize)] : [],
    ...(createJobs && { createJobs }),
    pools: new Map(),
    secret: () => undefined,
    agentTimeoutMs: 60_000,
    tokenLimits: { perRun: 0, perPrincipalDay: 0 },
    workspaces: createRunWorkspaces({
      ...{ folder: async (runId) => join(folder.path, runId), usage: store.workspaceUsage, limits: QUOTAS },
      ...{ clock: systemClock, logger: silent },
    }),
    schemas: createSchemaValidator(),
    gate: createGate({ policy, standings: store.standings, clock: systemClock, metrics, logger: silent }),
    quotas: createQuotas({ usage: store.quotaUsage, tokens: store.tokens, limits: QUOTAS, clock: systemClock }),
    maxReadBytes: settings.fetchMaxBytes,
    maxResultBytes: settings.fetchMaxBytes,
    timeoutMs: 60_000,
    limits: { node: 128, queue: 4_096, runs: 10_000 },
    scopeOf: (who) => scopeOf({ kind: 'user', ...who }, policy),
  });
  await engine.begin();
  return {
    engine,
    store,
    activeRuns: async () => Number(/^signalbox_runs_active (\d+)/m.exec(await metrics.scrape())?.[1]),
    async [Symbol.asyncDispose]() {
      await engine.stop(DRAIN_TIMEOUT_MS);
      policy.close();
      await Promise.all([store.close(), cpu.close(), outgoing.close()]);
      await folder[Symbol.asyncDispose]();
    },
  };
}
