import { createApiTokens } from '../auth/api-tokens.ts';
import { isDevAccount } from '../auth/dev-accounts.ts';
import { createSessions } from '../auth/sessions.ts';
import type { Config } from '../config/config.ts';
import { createAccountManager } from '../engine/accounts/manage-accounts.ts';
import { openLog } from '../engine/outputs/open-log.ts';
import { findDownload } from '../engine/requests/find-download.ts';
import { createGraphqlServer } from '../surfaces/graphql/server.ts';
import { openDashboard } from '../surfaces/http/exchange/dashboard.ts';
import { createHttpServer, type HttpServer } from '../surfaces/http/server.ts';
import type { JobGateway } from '../surfaces/job-gateway/job-gateway.ts';
import { createMcpServer } from '../surfaces/mcp-server/mcp-server.ts';
import type { SafetyKernelServer } from '../surfaces/safety-kernel/safety-kernel.ts';
import { createHealth } from '../telemetry/health.ts';
import { createWorkflowSchema } from '../workflow/schema/workflow-schema.ts';
import type { Adapters } from './adapters.ts';
import type { AgentsAndTools } from './agents-and-tools.ts';
import type { EngineParts } from './engine.ts';
import { openJobGateway } from './job-gateway.ts';
import type { WebhookParts } from './webhooks.ts';

/** Longer than runs may take to drain, so that callers waiting for a run that is left to the next start learn of it. */
const FINAL_RESPONSE_MS = 500;

/** GraphQL, MCP and HTTP on one port; the policy over gRPC on another, and jobs from the bus, if there are such. */
export interface Surfaces {
  readonly listen: HttpServer['listen'];
  /** Takes no more requests, and lets running ones finish for `drainMs` and a moment. */
  close(drainMs: number): Promise<void>;
}

export async function createSurfaces(
  config: Config,
  adapters: Adapters,
  agentsAndTools: AgentsAndTools,
  engineParts: EngineParts,
  { requests: webhooks }: Pick<WebhookParts, 'requests'>,
): Promise<Surfaces> {
  const { version, clock, logger, metrics, store, artifacts, resources, authenticator } = adapters;
  const { tools, backends, kinds } = agentsAndTools;
  const { commands, policy, gate, quotas, engine } = engineParts;
  const { journal, reader, workflows } = store;
  const health = createHealth({
    version,
    dataDir: config.dataDir,
    ping: () => reader.ping(),
    storage: () => adapters.storage.check(),
    ...(store.audit.checkpointer && { audit: store.audit.checkpointer.health }),
    ...(config.nats && { bus: adapters.bus }),
    services: adapters.services,
  });
  adapters.metrics.healthFrom(health);
  const graphql = createGraphqlServer({
    config,
    engine,
    gate,
    quotas,
    policy,
    journal,
    reader,
    workflows,
    schedules: store.schedules,
    memories: store.memories,
    deadLetters: store.deadLetters,
    webhooks,
    verifyRun: (scope, runId) => store.verifyRun(scope, runId),
    exportRun: (scope, runId, maxBytes) => store.audit.exportRun(scope, runId, maxBytes),
    treeConsistency: (olderSize, newerSize) => store.audit.exportConsistency(olderSize, newerSize),
    resources,
    artifacts,
    schemas: adapters.schemas,
    cpu: adapters.cpu,
    commands,
    tools,
    backends,
    kinds,
    drives: agentsAndTools.drives,
    ...(adapters.cluster && { cluster: adapters.cluster }),
    authenticator,
    savedViews: store.savedViews,
    accounts: createAccountManager({
      ...{ accounts: store.accounts, authenticator, gate, policy, clock },
      isReserved: (username) => config.auth.devAccounts && isDevAccount(username),
      hasPasswords: config.auth.issuer.kind === 'secret',
    }),
    apiTokens: createApiTokens({ accessTokens: store.accessTokens, clock, maxDays: config.auth.apiTokenDays }),
    clock,
    logger,
    metrics,
    health,
  });
  const mcp = createMcpServer({
    version,
    engine,
    gate,
    policy,
    journal,
    reader,
    workflows,
    resources,
    artifacts,
    commands,
    tools,
    clock,
    logger,
    onInvalid: (principal, act) => authenticator.onInvalid(principal, act),
  });
  const { dashboard: folder } = config.server;
  const dashboard = folder === undefined ? undefined : await openDashboard(folder);
  const http = createHttpServer({
    config,
    maxUploadBytes: config.resources.fetchMaxBytes,
    logger,
    metrics,
    ...(config.auth.issuer.kind === 'jwks' && { authorizationServer: config.auth.issuer.issuer }),
    authenticate: (authorization, facts) => authenticator.authenticate(authorization, facts),
    sessions: createSessions({
      ...{ authenticator, accessTokens: store.accessTokens, clock },
      idleMinutes: config.auth.tokenMinutes,
      sessionHours: config.auth.sessionHours,
      acceptsTokens: config.auth.issuer.kind === 'jwks',
    }),
    graphql: (req, res, info) => graphql.handle(req, res, info),
    upgrade: (req, socket, head, info) => graphql.upgrade(req, socket, head, info),
    mcp: (req, res, caller) => mcp.handle(req, res, caller),
    health,
    ...(dashboard && { dashboard }),
    workflowSchema: createWorkflowSchema({
      kinds: kinds.map(({ kind, title }) => ({ name: kind.toLowerCase(), title })),
      backends: backends.map(({ name }) => name),
    }),
    download: (principal, digest) => findDownload({ policy, gate, resources, reader, artifacts }, principal, digest),
    log: (principal, runId, step) => openLog({ policy, journal, reader }, principal, runId, step),
    upload: (principal, upload) => engine.uploadArtifact(principal, upload),
    webhook: (delivery) => engine.receiveWebhook(delivery),
  });
  let safetyKernel: SafetyKernelServer | undefined;
  let jobGateway: JobGateway | undefined;
  const listenSafetyKernel = async (port: number) => {
    // Few servers have one, and its libraries take memory.
    const { createSafetyKernel } = await import('../surfaces/safety-kernel/safety-kernel.ts');
    const authenticate = (authorization: string | undefined) => authenticator.authenticate(authorization);
    const { standings } = adapters;
    const { host } = config.server;
    safetyKernel = createSafetyKernel({ host, port, gate, policy, standings, resources, logger, authenticate });
    logger.info('safety_kernel.started', { ...(await safetyKernel.listen()) });
  };
  return {
    async listen() {
      const address = await http.listen();
      const { safetyKernelPort } = config.server;
      if (safetyKernelPort !== undefined) await listenSafetyKernel(safetyKernelPort);
      jobGateway = await openJobGateway(config, adapters, engineParts);
      await jobGateway?.begin();
      return address;
    },
    close: async (drainMs) => {
      mcp.close();
      await Promise.all([
        graphql.close(),
        http.close(drainMs + FINAL_RESPONSE_MS),
        safetyKernel?.close(drainMs),
        jobGateway?.close(),
      ]);
    },
  };
}
