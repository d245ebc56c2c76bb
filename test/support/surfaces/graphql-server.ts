import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { AnyBackend } from '../../../src/agents/define-backend.ts';
import { createApiTokens } from '../../../src/auth/api-tokens.ts';
import { createAuthenticator } from '../../../src/auth/create-authenticator.ts';
import { isDevAccount } from '../../../src/auth/dev-accounts.ts';
import { createSealer } from '../../../src/auth/sealer.ts';
import type { AnyCommand } from '../../../src/commands/definition/define-command.ts';
import { createQueries } from '../../../src/commands/read/registry.ts';
import { commands as builtIn } from '../../../src/commands/registry.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { Principal } from '../../../src/core/principal.ts';
import type { LogFields } from '../../../src/core/telemetry.ts';
import { createAccountManager } from '../../../src/engine/accounts/manage-accounts.ts';
import { createEngine } from '../../../src/engine/create-engine.ts';
import { createGate } from '../../../src/engine/gate/gate.ts';
import { createQuotas } from '../../../src/engine/gate/quotas.ts';
import { createRunWorkspaces } from '../../../src/engine/gate/run-workspaces.ts';
import { createWebhookRequests } from '../../../src/engine/webhooks/webhook-requests.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { scopeOf } from '../../../src/policy/visibility.ts';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';
import { createWorkspaces } from '../../../src/resources/artifacts/workspaces.ts';
import { createOutgoing } from '../../../src/resources/outgoing/outgoing.ts';
import { createResources } from '../../../src/resources/resources.ts';
import { createSchemaValidator } from '../../../src/resources/schemas/schema-validator.ts';
import { createCpuPool } from '../../../src/runtime/cpu/cpu-pool.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { GraphqlApp } from '../../../src/surfaces/graphql/request/context.ts';
import { catalogJson } from '../../../src/surfaces/graphql/schema/server/catalog-json.ts';
import { createGraphqlServer } from '../../../src/surfaces/graphql/server.ts';
import type { SocketLimits } from '../../../src/surfaces/graphql/socket/socket-limits.ts';
import type { AnyTool } from '../../../src/tools/define-tool.ts';
import { folderDrive } from '../../../src/tools/drive/folder-drive.ts';
import { createMigratedFile } from '../store/migrated-database.ts';
import { countSubscriptions } from './counted-subscriptions.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  readonly errors: any;
}

/** Tokens of the tests; signing in with a password works as well. */
export const ADMIN = 'admin-token';
export const ALICE = 'alice-token';
export const BOB = 'bob-token';

const user = (username: string, roles: readonly string[], tenant = 'default'): Principal => ({
  kind: 'user',
  subject: `usr_${username}`,
  username,
  tenant,
  roles,
});

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly commands?: readonly AnyCommand[];
  readonly tools?: readonly AnyTool[];
  readonly backends?: readonly AnyBackend[];
  readonly app?: Partial<GraphqlApp>;
  readonly limits?: Partial<SocketLimits>;
}

/** The GraphQL surface over the real engine, store and policy, on a separate port. */
export async function startGraphql({
  env = {},
  commands = [],
  tools = [],
  backends = [],
  app: changes = {},
  limits = {},
}: StartOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-graphql-'));
  const config = readEnvironment({ NODE_ENV: 'development', DATA_DIR: folder, PORT: '0', ...env });
  const logs: { level: string; event: string; fields: LogFields | undefined }[] = [];
  const log = (level: string) => (event: string, fields?: LogFields) => void logs.push({ level, event, fields });
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const { metrics, subscriptions } = countSubscriptions();
  const clock = systemClock;
  const file = join(folder, 'signalbox.db');
  await createMigratedFile(file);
  const store = await openStore({ database: { kind: 'sqlite', file }, logger });
  const { journal, reader, workflows, verifyRun, accounts, standings, accessTokens } = store;
  const { savedViews, schedules, memories, deadLetters } = store;
  const artifacts = await createArtifactStore(join(folder, 'artifacts'));
  const outgoing = createOutgoing({ version: '0.0.0-test', ...config.resources });
  const resources = createResources({
    settings: config.resources,
    outgoing,
    artifacts,
    content: (scope, digest) => reader.content(scope, digest),
  });
  const cpu = createCpuPool();
  const schemas = createSchemaValidator();
  const policy = await loadPolicy({ ...config.policy, logger });
  const gate = createGate({ policy, standings, clock, metrics, logger });
  const quotas = createQuotas({ usage: store.quotaUsage, tokens: store.tokens, limits: config.quotas, clock });
  const all = [...builtIn, ...commands];
  const drives = { resolveDrive: async () => folderDrive(join(folder, 'drive')) };
  const engine = createEngine({
    ...{ ...store, tools, backends, kinds: [], pools: new Map([['default', 'inline' as const]]) },
    ...{ tokenLimits: config.agents.tokens, agentTimeoutMs: config.agents.timeoutMs, secret: () => undefined },
    workspaces: createRunWorkspaces({
      ...{ folder: createWorkspaces(join(folder, 'workspaces')).of, usage: store.workspaceUsage, clock, logger },
      limits: config.quotas,
    }),
    queries: createQueries(() => catalogJson({ commands: all, tools, backends, kinds: [], resources })),
    ...{ commands: all, resources, artifacts, schemas, cpu, gate, quotas, policy, clock, logger, metrics },
    maxReadBytes: config.resources.fetchMaxBytes,
    maxResultBytes: config.resources.fetchMaxBytes,
    timeoutMs: config.engine.commandTimeoutMs,
    limits: { node: config.engine.maxRunning, queue: config.engine.maxQueued, runs: config.engine.maxRuns },
    scopeOf: (who) => scopeOf({ kind: 'user', ...who }, policy),
  });
  const passwords = createAuthenticator({ config: config.auth, accounts, standings, accessTokens, clock });
  const tokens = new Map<string, Principal>([
    [ADMIN, user('admin', ['admin'])],
    [ALICE, user('alice', ['analyst'])],
    [BOB, user('bob', ['user'])],
  ]);
  const app: GraphqlApp = {
    ...{
      ...{ config, engine, gate, quotas, policy, journal, reader, workflows },
      webhooks: createWebhookRequests({
        ...{ ...store, deliveries: store.webhookDeliveries, gate, policy, resources, clock },
        sealer: createSealer(config.credentialsKey),
        // Nothing sends here.
        wakeSender: () => undefined,
      }),
      ...{ savedViews, schedules, memories, deadLetters },
      verifyRun,
      exportRun: (scope, runId, maxBytes) => store.audit.exportRun(scope, runId, maxBytes),
      treeConsistency: (olderSize, newerSize) => store.audit.exportConsistency(olderSize, newerSize),
      ...{ resources, artifacts, schemas, cpu, clock, logger, metrics },
    },
    ...{ commands: all, tools, backends, kinds: [], drives },
    accounts: createAccountManager({
      ...{ accounts, authenticator: passwords, gate, policy, clock },
      ...{ isReserved: isDevAccount, hasPasswords: true },
    }),
    apiTokens: createApiTokens({ accessTokens, clock, maxDays: config.auth.apiTokenDays }),
    authenticator: {
      ...passwords,
      authenticate: async (header) =>
        tokens.get(header?.replace('Bearer ', '') ?? '') ?? (await passwords.authenticate(header)),
    },
    health: async () => ({ status: 'OK', version: '0.0.0-test', uptimeMs: 1, checks: [] }),
    ...changes,
  };

  await engine.begin();
  const graphql = createGraphqlServer(app, limits);
  const draining = new AbortController();
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    const traceId = String(req.headers.traceparent ?? '').split('-')[1];
    const info = { address: req.socket.remoteAddress ?? '', draining: draining.signal, ...(traceId && { traceId }) };
    graphql.handle(req, res, info).catch(() => res.destroy());
  };
  const server = createServer(serve).on('checkContinue', serve);
  server.on('upgrade', (req, socket, head) => {
    graphql.upgrade(req, socket, head, { address: req.socket.remoteAddress ?? '', draining: draining.signal });
  });
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;

  const send = async (init: RequestInit & { readonly path?: string }): Promise<Answer> => {
    const response = await fetch(`${url}${init.path ?? ''}`, init);
    const text = await response.text();
    const { data, errors } = text.startsWith('{') ? JSON.parse(text) : { data: undefined, errors: text };
    return { status: response.status, headers: response.headers, data, errors };
  };
  const clients: Client[] = [];

  return {
    app,
    url,
    logs,
    tokens,
    subscriptions,
    /** Open connections, as the server sees them. */
    connections,
    draining,
    graphql,
    folder,
    store,
    send,
    ask: (query: string, variables: object = {}, token: string | undefined = ADMIN): Promise<Answer> =>
      send({
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      }),
    /** A client of graphql-ws over a real socket; it reconnects only when told to. */
    client: (token: string | undefined = ADMIN, options: Partial<Parameters<typeof createClient>[0]> = {}) => {
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: token ? { Authorization: `Bearer ${token}` } : {},
        ...options,
      });
      clients.push(client);
      return client;
    },
    socket: (headers: Record<string, string> = {}) =>
      new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers }),
    /** A run with this many log lines, put into the journal directly. */
    appendRun: (lines: number, options: Partial<Parameters<typeof runEvents>[0]> = {}) =>
      appendRun(store.journal, { lines, ...options }),
    close: async () => {
      for (const client of clients) await client.dispose();
      draining.abort();
      await graphql.close();
      server.closeAllConnections();
      server.close();
      await engine.stop(0);
      policy.close();
      await Promise.all([cpu.close(), outgoing.close()]);
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestGraphqlServer = Awaited<ReturnType<typeof startGraphql>>;

interface TestRunOptions {
  readonly lines: number;
  readonly username?: string;
  readonly tenant?: string;
  readonly end?: boolean;
  readonly text?: string;
}

async function appendRun(journal: GraphqlApp['journal'], options: TestRunOptions): Promise<string> {
  const runId = newId('run');
  await journal.append(runId, 1, runEvents(options));
  return runId;
}

function runEvents({
  lines,
  username = 'admin',
  tenant = 'default',
  end = true,
  text = 'line',
}: TestRunOptions): NewEvent[] {
  const at = new Date();
  const principal = { subject: `usr_${username}`, username, tenant, roles: [] };
  const step = { id: newId('step'), key: 'fetch', title: 'Fetch', kind: 'COMMAND', capability: 'fetch' } as const;
  return [
    {
      type: 'RUN_CREATED',
      at,
      payload: {
        kind: 'COMMAND',
        principal,
        inputs: {},
        steps: [{ ...step, effect: 'pure', input: {}, dependsOn: [], maxAttempts: 1 }],
        labels: {},
        priority: 'INTERACTIVE',
        traceId: '0'.repeat(31).padEnd(32, '1'),
        requestDigest: 'd'.repeat(64),
      },
    },
    { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'RUNNING' } },
    ...Array.from({ length: lines }, (_, i): NewEvent => {
      return { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: `${text} ${i}` } };
    }),
    ...(end ? [{ type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } } as const] : []),
  ];
}
