import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { createAuthenticator } from '../auth/create-authenticator.ts';
import { queries } from '../commands/read/registry.ts';
import { commands as builtIn, loadPlugins } from '../commands/registry.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createEngine } from '../engine/create-engine.ts';
import { createGate } from '../engine/gate/gate.ts';
import { findDownload } from '../engine/requests/find-download.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { scopeOf } from '../policy/visibility.ts';
import { createArtifactStore } from '../resources/artifacts/artifact-store.ts';
import { createWorkspaces } from '../resources/artifacts/workspaces.ts';
import { createOutgoing } from '../resources/outgoing/outgoing.ts';
import { createResources } from '../resources/resources.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';
import { lockDataDir } from '../store/lock-data-dir.ts';
import { openStore } from '../store/open-store.ts';
import { queryCapabilities } from '../surfaces/graphql/schema/server/capabilities.ts';
import { createGraphqlServer } from '../surfaces/graphql/server.ts';
import { createHttpServer } from '../surfaces/http/server.ts';
import { createMcpServer } from '../surfaces/mcp-server/mcp-server.ts';
import { createHealth } from '../telemetry/health.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { openAgentsAndTools } from './agents-and-tools.ts';

/** A server that runs. */
export interface Server {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Takes no more, lets what is under way finish, closes everything. What is left is taken up at the next start. */
  stop(): Promise<void>;
}

/** Longer than runs may take to drain, so that who waits for one that is left to the next start is told so. */
const FINAL_RESPONSE_MS = 500;

/** JSON names every field of every row, so it is larger than the CSV it was made of. */
const MAX_RESULT_GROWTH = 4;

/**
 * The composition root: config → adapters → engine → surfaces, floor by floor from below.
 * @throws Fault BAD_INPUT for a policy or plugin that does not validate, CONFLICT when another process uses the data
 */
export async function startServer(config: Config): Promise<Server> {
  const clock = systemClock;
  const version = await ownVersion();
  const logger = createLogger({ level: config.telemetry.logLevel });
  const metrics = createMetrics();
  const tracing = await startTracing(config.telemetry, { version, logger });

  const unlock = lockDataDir(config.dataDir);
  const { checkpointKeyFile: keyFile, retentionDays: days } = config.audit;
  const audit = { folder: config.dataDir, ...(keyFile !== undefined && { keyFile }) };
  const store = await openStore({ database: config.database, logger, metrics, audit });
  const { journal, reader, accounts, verifyRun } = store;
  const artifacts = await createArtifactStore(config.artifactsDir, nodeName(config));
  const workspaces = createWorkspaces(config.workspacesDir);
  const retention = store.startRetention({ artifacts, workspaces, clock, days });
  const { allowedPrivateHosts, headerTimeoutMs, totalTimeoutMs, fetchMaxBytes } = config.resources;
  const outgoing = createOutgoing({ version, allowedPrivateHosts, headerTimeoutMs });
  const resources = createResources({
    settings: config.resources,
    outgoing,
    artifacts,
    content: (scope, digest) => reader.content(scope, digest),
  });
  const cpu = createCpuPool({ logger });
  const schemas = createSchemaValidator({ cpu });
  const commands = [...builtIn, ...(await loadPlugins(config.plugins))];
  const { credentials, memories, tokens } = store;
  const workshop = await openAgentsAndTools({
    config,
    version,
    outgoing,
    resources,
    schemas,
    credentials,
    clock,
    logger,
  });
  const { tools, backends, kinds, drives } = workshop;
  const actions = [
    ...commands.map(({ name }) => `command:${name}`),
    'command:uploadArtifact',
    ...queryCapabilities.map(({ name }) => `query:${name}`),
    ...tools.map(({ name }) => `tool:${name}`),
    ...backends.map(({ name }) => `agent:${name}`),
    ...[...config.secrets.keys()].map((name) => `secret:${name}`),
  ];
  const policy = await loadPolicy({ ...config.policy, logger, actions });

  const gate = createGate({ policy, clock, metrics, logger });
  const engine = createEngine({
    ...store,
    ...workshop,
    ...{ tokens, memories, workspace: (runId: string) => workspaces.of(runId) },
    agentTimeoutMs: config.agents.timeoutMs,
    commands,
    queries,
    policy,
    resources,
    artifacts,
    schemas,
    cpu,
    gate,
    clock,
    logger,
    metrics,
    maxReadBytes: fetchMaxBytes,
    maxResultBytes: fetchMaxBytes * MAX_RESULT_GROWTH,
    timeoutMs: config.engine.commandTimeoutMs,
    limits: {
      node: config.engine.maxRunning,
      kinds: config.engine.maxRunningByKind,
      queue: config.engine.maxQueued,
      runs: config.engine.maxRuns,
    },
    scopeOf: (who) => scopeOf({ kind: 'user', ...who }, policy),
  });
  const authenticator = createAuthenticator({
    config: config.auth,
    accounts,
    clock,
    fetchKeys: async (url, { headers, signal }) => {
      const request = { headers: Object.fromEntries(headers), signal, timeoutMs: totalTimeoutMs };
      const answer = await outgoing.get(resources.canonicalize(url), request);
      return new Response(Readable.toWeb(answer.body) as ReadableStream, { status: answer.status });
    },
  });

  const health = createHealth({
    version,
    dataDir: config.dataDir,
    ping: () => reader.ping(),
    audit: () => store.audit.checkpointer?.health(),
  });
  const graphql = createGraphqlServer({
    config,
    engine,
    gate,
    policy,
    journal,
    reader,
    workflows: store.workflows,
    verifyRun,
    resources,
    artifacts,
    schemas,
    commands,
    ...{ tools, backends, kinds, drives },
    authenticator,
    clock,
    logger,
    metrics,
    health,
  });
  const mcp = createMcpServer({
    ...{ version, engine, gate, policy, journal, reader, workflows: store.workflows },
    ...{ resources, artifacts, commands, tools, clock, logger },
  });
  const http = createHttpServer({
    config,
    maxUploadBytes: fetchMaxBytes,
    logger,
    metrics,
    authenticate: (authorization) => authenticator.authenticate(authorization),
    graphql: graphql.handle,
    upgrade: graphql.upgrade,
    mcp: mcp.handle,
    health,
    download: (principal, digest) => findDownload({ policy, gate, resources, reader, artifacts }, principal, digest),
    upload: (principal, upload) => engine.uploadArtifact(principal, upload),
  });

  await engine.begin();
  const { address, port } = await http.listen();
  logger.info('server.started', { address, port, version, mode: config.mode });

  return {
    url: `http://${isIPv6(address) ? `[${address}]` : address}:${port}`,
    async stop() {
      const { drainMs } = config.engine;
      logger.info('server.stopping', { drainMs });
      mcp.close();
      await Promise.all([engine.stop(drainMs), graphql.close(), http.close(drainMs + FINAL_RESPONSE_MS)]);
      policy.close();
      await retention.stop();
      await Promise.all([cpu.close(), outgoing.close(), store.close(), tracing.shutdown(1_000)]);
      unlock();
      logger.info('server.stopped');
      await logger.flush();
    },
  };
}

/** One process has a data folder for itself, so the place of the folder names the node. */
function nodeName({ dataDir }: Config): string {
  return createHash('sha256').update(`${hostname()}:${dataDir}`).digest('hex').slice(0, 32);
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
