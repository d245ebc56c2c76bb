import type { AnyCommand } from '../commands/definition/define-command.ts';
import { createQueries } from '../commands/read/registry.ts';
import { commands as builtIn } from '../commands/registry.ts';
import type { Config } from '../config/config.ts';
import { Fault } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import { STEP_KINDS } from '../core/run.ts';
import { createEngine } from '../engine/create-engine.ts';
import { createGate, type Gate } from '../engine/gate/gate.ts';
import { createQuotas, type Quotas } from '../engine/gate/quotas.ts';
import { createRunWorkspaces } from '../engine/gate/run-workspaces.ts';
import type { Engine } from '../engine/requests/engine.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Plugins } from '../plugins/load-plugins.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { scopeOf } from '../policy/visibility.ts';
import { queryCapabilities } from '../surfaces/graphql/schema/server/capabilities.ts';
import { catalogJson } from '../surfaces/graphql/schema/server/catalog-json.ts';
import type { Adapters } from './adapters.ts';
import { type AgentsAndTools, MAX_RESULT_GROWTH } from './agents-and-tools.ts';
import { openJobs } from './jobs.ts';

/** The engine, and what decides for it. */
export interface EngineParts {
  /** Built in and from plugins. */
  readonly commands: readonly AnyCommand[];
  readonly policy: Policy;
  readonly gate: Gate;
  readonly quotas: Quotas;
  readonly engine: Engine;
}

/**
 * @param opened gets what closes the policy; the engine does nothing before `begin`
 * @throws Fault BAD_INPUT for a policy that is not valid, or a limit of a kind that does not exist
 */
export async function openEngine(
  config: Config,
  adapters: Adapters,
  agentsAndTools: AgentsAndTools,
  plugins: Pick<Plugins, 'commands'>,
  opened: AsyncDisposableStack,
): Promise<EngineParts> {
  const { clock, logger, metrics, store, workspaces } = adapters;
  const { tools, backends, kinds } = agentsAndTools;
  const commands = [...builtIn, ...plugins.commands];
  const actions = [
    ...commands.map(({ name }) => `command:${name}`),
    'command:uploadArtifact',
    ...queryCapabilities.map(({ name }) => `query:${name}`),
    ...tools.map(({ name }) => `tool:${name}`),
    ...backends.map(({ name }) => `agent:${name}`),
    ...kinds.map(({ kind }) => `step:${kind.toLowerCase()}`),
    ...[...config.secrets.keys()].map((name) => `secret:${name}`),
  ];
  const policy = await loadPolicy({
    modelFile: config.policy.modelFile,
    rulesFile: config.policy.rulesFile,
    logger,
    actions,
  });
  opened.defer(() => policy.close());
  const { countNodes } = store.leases;
  const gate = createGate({ policy, standings: adapters.standings, clock, countNodes, metrics, logger });
  const quotas = createQuotas({ usage: store.quotaUsage, tokens: store.tokens, limits: config.quotas, clock });
  const { maxRunning, maxRunningByKind, maxQueued, maxRuns, commandTimeoutMs } = config.engine;
  checkKindLimits(maxRunningByKind, [...STEP_KINDS, ...kinds.map(({ kind }) => kind)]);
  const { fetchMaxBytes } = config.resources;
  const engine = createEngine({
    journal: store.journal,
    reader: store.reader,
    workflows: store.workflows,
    schedules: store.schedules,
    flowTickets: store.flowTickets,
    standings: adapters.standings,
    leases: store.leases,
    inbox: store.inbox,
    deadLetters: store.deadLetters,
    ...(await openJobs(adapters)),
    memories: store.memories,
    tokens: store.tokens,
    tokenLimits: agentsAndTools.tokenLimits,
    commands,
    queries: createQueries(() => catalogJson({ commands, tools, backends, kinds, resources: adapters.resources })),
    tools,
    backends,
    kinds,
    pools: agentsAndTools.pools,
    secret: agentsAndTools.secret,
    workspaces: createRunWorkspaces({
      ...{ folder: workspaces.of, usage: store.workspaceUsage, limits: config.quotas, clock, logger },
    }),
    resources: adapters.resources,
    artifacts: adapters.artifacts,
    schemas: adapters.schemas,
    cpu: adapters.cpu,
    policy,
    gate,
    quotas,
    clock,
    logger,
    metrics,
    maxReadBytes: fetchMaxBytes,
    maxResultBytes: fetchMaxBytes * MAX_RESULT_GROWTH,
    timeoutMs: commandTimeoutMs,
    agentTimeoutMs: config.agents.timeoutMs,
    limits: { node: maxRunning, kinds: maxRunningByKind, queue: maxQueued, runs: maxRuns },
    scopeOf: (who) => scopeOf({ kind: 'user', ...who }, policy),
  });
  return { commands, policy, gate, quotas, engine };
}

/** @throws Fault BAD_INPUT */
function checkKindLimits(limits: Readonly<Record<string, number>>, kinds: readonly string[]): void {
  const unknown = Object.keys(limits).find((kind) => !kinds.includes(kind));
  if (unknown === undefined) return;
  const names = kinds.map((kind) => kind.toLowerCase());
  const near = didYouMean(unknown.toLowerCase(), names) || ` The kinds are ${names.join(', ')}.`;
  throw new Fault('BAD_INPUT', `MAX_RUNNING_BY_KIND: there is no kind ${unknown.toLowerCase()}.${near}`);
}
