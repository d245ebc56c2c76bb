import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyBackend } from '../../../src/agents/define-backend.ts';
import type { AnyCommand } from '../../../src/commands/definition/define-command.ts';
import { createQueries } from '../../../src/commands/read/registry.ts';
import { commands as builtIn } from '../../../src/commands/registry.ts';
import { QUOTAS, type QuotaTable } from '../../../src/core/accounts/accounts.ts';
import type { TokenLimits } from '../../../src/core/agent-stores.ts';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import type { Journal } from '../../../src/core/journal.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { SignedIn } from '../../../src/core/principal.ts';
import type { Logger } from '../../../src/core/telemetry.ts';
import { createEngine, type EngineDeps } from '../../../src/engine/create-engine.ts';
import { createGate } from '../../../src/engine/gate/gate.ts';
import { createQuotas } from '../../../src/engine/gate/quotas.ts';
import { createRunWorkspaces } from '../../../src/engine/gate/run-workspaces.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { scopeOf } from '../../../src/policy/visibility.ts';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';
import { createWorkspaces } from '../../../src/resources/artifacts/workspaces.ts';
import { createOutgoing } from '../../../src/resources/outgoing/outgoing.ts';
import { createResources } from '../../../src/resources/resources.ts';
import { createSchemaValidator } from '../../../src/resources/schemas/schema-validator.ts';
import { createCpuPool } from '../../../src/runtime/cpu/cpu-pool.ts';
import type { AnyStepKind } from '../../../src/step-kinds/define-step-kind.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import type { AnyTool } from '../../../src/tools/define-tool.ts';
import { createMigratedFile } from '../store/migrated-database.ts';

export const ADMIN: SignedIn = {
  kind: 'user',
  subject: 'admin',
  username: 'admin',
  tenant: 'default',
  roles: ['admin'],
};
export const BOB: SignedIn = { kind: 'user', subject: 'bob', username: 'bob', tenant: 'default', roles: ['user'] };

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const root = join(import.meta.dirname, '../../..');

interface Options {
  readonly commands?: readonly AnyCommand[];
  readonly tools?: readonly AnyTool[];
  readonly backends?: readonly AnyBackend[];
  readonly kinds?: readonly AnyStepKind[];
  readonly tokenLimits?: TokenLimits;
  /** Stands between the engine and its journal. */
  readonly journal?: (real: Journal) => Journal;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly limits?: Partial<EngineDeps['limits']>;
  /** Default: the shipped policy. */
  readonly policy?: Policy;
  /** Limits that differ from the defaults. */
  readonly quotas?: Partial<QuotaTable>;
}

/** A real store and real dependencies, in a temporary folder; `restart` starts another engine on the same data. */
export async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-engine-'));
  const file = join(folder, 'signalbox.db');
  await createMigratedFile(file);
  const open = () => openStore({ database: { kind: 'sqlite', file }, logger: silent });
  let store = await open();
  const artifacts = await createArtifactStore(join(folder, 'artifacts'));
  const outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [], headerTimeoutMs: 60_000 });
  const cpu = createCpuPool();
  const files = { modelFile: join(root, 'policy/model.conf'), rulesFile: join(root, 'policy/policy.csv') };
  const shipped = await loadPolicy({ ...files, logger: silent });
  const settings = {
    fetchMaxBytes: 1_048_576,
    allowedPrivateHosts: [],
    localRoots: [],
    memoryRoot: { name: '/memories', folder: join(folder, 'memories') },
    headerTimeoutMs: 60_000,
    totalTimeoutMs: 60_000,
  };
  const resources = createResources({
    settings,
    outgoing,
    artifacts,
    content: (s, digest) => store.reader.content(s, digest),
  });
  const metrics = createMetrics();

  const deps = ({
    commands = [],
    tools = [],
    backends = [],
    kinds = [],
    tokenLimits = { perRun: 1_000, perPrincipalDay: 10_000 },
    journal = (real) => real,
    timeoutMs = 60_000,
    clock = systemClock,
    limits = {},
    policy = shipped,
    quotas = {},
  }: Options = {}): EngineDeps => ({
    ...store,
    commands: [...builtIn, ...commands],
    queries: createQueries(() => ({})),
    tools,
    backends,
    kinds,
    pools: new Map([['default', 'inline']]),
    tokenLimits,
    agentTimeoutMs: timeoutMs,
    secret: (name) => (name === 'KNOWN' ? 'its value' : undefined),
    workspaces: createRunWorkspaces({
      ...{
        folder: createWorkspaces(join(folder, 'workspaces')).of,
        usage: store.workspaceUsage,
        clock,
        logger: silent,
      },
      limits: { ...QUOTAS, ...quotas },
    }),
    policy,
    resources,
    artifacts,
    schemas: createSchemaValidator(),
    cpu,
    gate: createGate({ policy, standings: store.standings, clock, metrics, logger: silent }),
    quotas: createQuotas({ usage: store.quotaUsage, tokens: store.tokens, limits: { ...QUOTAS, ...quotas }, clock }),
    journal: journal(store.journal),
    clock,
    logger: silent,
    metrics,
    maxReadBytes: settings.fetchMaxBytes,
    maxResultBytes: settings.fetchMaxBytes,
    timeoutMs,
    limits: { node: 16, queue: 16, runs: 1_000, ...limits },
    scopeOf: (user) => scopeOf({ kind: 'user', ...user }, policy),
  });
  const engine = (options?: Options) => createEngine(deps(options));

  return {
    deps,
    metrics,
    engine,
    get store() {
      return store;
    },
    /** Like another process on the same data: no node owns the runs of the earlier engines. */
    async restart() {
      await store.close();
      store = await open();
    },
    async stop() {
      shipped.close();
      await Promise.all([store.close(), cpu.close(), outgoing.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
