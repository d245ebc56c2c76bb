import type { Config } from '../config/config.ts';
import { findDownload } from '../engine/requests/find-download.ts';
import { createGraphqlServer } from '../surfaces/graphql/server.ts';
import { createHttpServer, type HttpServer } from '../surfaces/http/server.ts';
import { createMcpServer } from '../surfaces/mcp-server/mcp-server.ts';
import { createHealth } from '../telemetry/health.ts';
import type { Adapters } from './adapters.ts';
import type { AgentsAndTools } from './agents-and-tools.ts';
import type { EngineParts } from './engine.ts';

/** Longer than runs may take to drain, so that callers waiting for a run that is left to the next start learn of it. */
const FINAL_RESPONSE_MS = 500;

/** GraphQL, MCP and HTTP on one port. */
export interface Surfaces {
  readonly listen: HttpServer['listen'];
  /** Takes no more requests, and lets running ones finish for `drainMs` and a moment. */
  close(drainMs: number): Promise<void>;
}

export function createSurfaces(
  config: Config,
  adapters: Adapters,
  agentsAndTools: AgentsAndTools,
  engineParts: EngineParts,
): Surfaces {
  const { version, clock, logger, metrics, store, artifacts, resources, authenticator } = adapters;
  const { tools } = agentsAndTools;
  const { commands, policy, gate, quotas, engine } = engineParts;
  const { journal, reader, workflows } = store;
  const health = createHealth({
    version,
    dataDir: config.dataDir,
    ping: () => reader.ping(),
    storage: () => adapters.storage.check(),
    ...(store.audit.checkpointer && { audit: store.audit.checkpointer.health }),
  });
  const graphql = createGraphqlServer({
    config,
    engine,
    gate,
    quotas,
    policy,
    journal,
    reader,
    workflows,
    memories: store.memories,
    verifyRun: (scope, runId) => store.verifyRun(scope, runId),
    exportRun: (scope, runId, maxBytes) => store.audit.exportRun(scope, runId, maxBytes),
    resources,
    artifacts,
    schemas: adapters.schemas,
    cpu: adapters.cpu,
    commands,
    tools,
    backends: agentsAndTools.backends,
    drives: agentsAndTools.drives,
    authenticator,
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
  const http = createHttpServer({
    config,
    maxUploadBytes: config.resources.fetchMaxBytes,
    logger,
    metrics,
    authenticate: (authorization) => authenticator.authenticate(authorization),
    graphql: (req, res, info) => graphql.handle(req, res, info),
    upgrade: (req, socket, head, info) => graphql.upgrade(req, socket, head, info),
    mcp: (req, res, caller) => mcp.handle(req, res, caller),
    health,
    download: (principal, digest) => findDownload({ policy, gate, resources, reader, artifacts }, principal, digest),
    upload: (principal, upload) => engine.uploadArtifact(principal, upload),
  });
  return {
    listen: () => http.listen(),
    close: async (drainMs) => {
      mcp.close();
      await Promise.all([graphql.close(), http.close(drainMs + FINAL_RESPONSE_MS)]);
    },
  };
}
