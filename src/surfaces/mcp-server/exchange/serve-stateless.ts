import type { IncomingMessage, ServerResponse } from 'node:http';
import { HANDSHAKE_VERSIONS, STATELESS_VERSION } from '../../../agents/mcp/request-metadata.ts';
import { Fault } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import type { McpLimits } from '../protocol/mcp-limits.ts';
import { type Message, metaOf, objectOrEmpty, type RequestId, toMessage } from '../protocol/message.ts';
import { createReply, type Reply, sendRpc } from '../protocol/reply.ts';
import { errorMember, RPC_CODES, RpcError, toRpcError } from '../protocol/rpc-error.ts';
import { CAPABILITIES, INSTRUCTIONS, serverInfo } from '../protocol/server-info.ts';
import { createResourceSubscriptions } from '../resources/resource-subscriptions.ts';
import type { ActiveRequests } from './active-requests.ts';
import { type Method, toLogLevel } from './methods.ts';

const PREFIX = 'io.modelcontextprotocol/';
const SUPPORTED_VERSIONS = [STATELESS_VERSION, ...HANDSHAKE_VERSIONS];
/** Parameters that the header Mcp-Name repeats. */
const NAMED_PARAMETERS: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};
/** How long results may be reused (MCP 2026-07-28, "Caching"). Others depend on the caller, and change. */
const FIXED = { ttlMs: 3_600_000, cacheScope: 'public' };
const CHANGING = { ttlMs: 0, cacheScope: 'private' };
const CACHING: Readonly<Record<string, JsonObject>> = {
  'server/discover': FIXED,
  'resources/templates/list': FIXED,
  'tools/list': CHANGING,
  'resources/list': CHANGING,
  'resources/read': CHANGING,
};

export interface StatelessDeps {
  readonly deps: McpDeps;
  readonly limits: McpLimits;
  readonly methods: Readonly<Record<string, Method>>;
  readonly streams: ActiveRequests;
  readonly stopping: AbortSignal;
}

/** Whether a POST speaks 2026-07-28 or later: it names its version in its message, or a version without a handshake in its header. */
export function isStateless(req: IncomingMessage, body: Json): boolean {
  const header = req.headers['mcp-protocol-version'];
  if (typeof header === 'string' && !HANDSHAKE_VERSIONS.includes(header)) return true;
  if (!isJsonObject(body) || !isJsonObject(body.params) || !isJsonObject(body.params._meta)) return false;
  return body.params._meta[`${PREFIX}protocolVersion`] !== undefined;
}

/** Answers a POST of MCP 2026-07-28. @throws RpcError with the status 400 */
export async function serveStateless(
  ctx: StatelessDeps,
  req: IncomingMessage,
  res: ServerResponse,
  body: Json,
  caller: McpCaller,
): Promise<void> {
  if (Array.isArray(body)) throw new RpcError(RPC_CODES.request, 'Send each message in a separate request.');
  const message = toMessage(body);
  if (!message) throw new RpcError(RPC_CODES.request, 'A client sends requests and notifications, and no responses.');
  checkMetadata(req, message);
  const { id, method } = message;
  if (id === undefined) return void res.writeHead(202).end();
  const run = method === 'subscriptions/listen' ? undefined : methodOf(ctx, method);
  if (!run && method !== 'subscriptions/listen') {
    const error = { code: RPC_CODES.method, message: `There is no method ${method.slice(0, 100)}.` };
    return sendRpc(res, 404, { id, error });
  }
  const reply = createReply(res);
  try {
    const meta = metaOf(message.params);
    const level = meta[`${PREFIX}logLevel`];
    const result = run
      ? await run({
          ...{ params: message.params, caller, notify: reply.notify },
          cancelled: reply.disconnected,
          detached: ctx.stopping,
          logLevel: level === undefined ? undefined : toLogLevel(level),
        })
      : await listen(ctx, { ...message, id }, reply, caller);
    reply.end({ id, result: completeResult(ctx.deps, method, result) });
  } catch (error) {
    reply.end({ id, error: errorMember(toStatelessError(error, ctx.deps)) });
  }
}

function methodOf({ deps, methods }: StatelessDeps, method: string): Method | undefined {
  if (method !== 'server/discover') return methods[method];
  const result = { supportedVersions: SUPPORTED_VERSIONS, capabilities: CAPABILITIES, instructions: INSTRUCTIONS };
  return async () => ({ ...result, _meta: { [`${PREFIX}serverInfo`]: serverInfo(deps.version) } });
}

function completeResult({ version }: McpDeps, method: string, result: JsonObject): JsonObject {
  const meta = { [`${PREFIX}serverInfo`]: serverInfo(version), ...metaOf(result) };
  return { resultType: 'complete', ...CACHING[method], ...result, _meta: meta };
}

/** A resource that does not exist is an invalid parameter in this version. */
function toStatelessError(error: unknown, { logger }: McpDeps): RpcError {
  const { code, message, data } = toRpcError(error, logger);
  return new RpcError(code === RPC_CODES.resource ? RPC_CODES.params : code, message, data);
}

/** @throws RpcError */
function checkMetadata({ headers }: IncomingMessage, { method, params, id }: Message): void {
  const meta = metaOf(params);
  const version = meta[`${PREFIX}protocolVersion`];
  const header = headers['mcp-protocol-version'];
  if (id !== undefined && version === undefined) {
    throw new RpcError(RPC_CODES.params, `\`_meta\` must have ${PREFIX}protocolVersion in every request.`);
  }
  if (header === undefined) throw headerError('MCP-Protocol-Version is missing');
  if (version !== undefined && header !== version) throw headerError('MCP-Protocol-Version differs from the message');
  if (header !== STATELESS_VERSION) {
    const data = { supported: SUPPORTED_VERSIONS, requested: header };
    throw new RpcError(RPC_CODES.version, `Version ${String(header).slice(0, 50)} of MCP is not supported.`, data);
  }
  if (id === undefined) return;
  if (!isJsonObject(meta[`${PREFIX}clientCapabilities`])) {
    throw new RpcError(
      RPC_CODES.params,
      `\`_meta\` must have ${PREFIX}clientCapabilities, an object, in every request.`,
    );
  }
  if (headers['mcp-method'] !== method) throw headerError('Mcp-Method is missing, or differs from the message');
  const parameter = NAMED_PARAMETERS[method];
  if (parameter === undefined) return;
  const name = headers['mcp-name'];
  if (typeof name !== 'string' || decodeHeader(name) !== params[parameter])
    throw headerError('Mcp-Name is missing, or differs from the message');
}

function headerError(what: string): RpcError {
  return new RpcError(RPC_CODES.header, `The headers must repeat the message: ${what}.`);
}

/** Text that is not plain ASCII comes in Base64 (MCP 2026-07-28, "Value Encoding"). */
function decodeHeader(value: string): string {
  const [, base64] = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(value) ?? [];
  return base64 === undefined ? value : Buffer.from(base64, 'base64').toString('utf8');
}

/** Follows runs until the client disconnects, its token ends, or the server stops. @throws RpcError, Fault */
async function listen(
  { deps, limits, streams, stopping }: StatelessDeps,
  { id, params }: Message & { readonly id: RequestId },
  reply: Reply,
  { principal }: McpCaller,
): Promise<JsonObject> {
  const wanted = objectOrEmpty(params, 'notifications').resourceSubscriptions ?? [];
  if (!Array.isArray(wanted) || !wanted.every((uri) => typeof uri === 'string')) {
    throw new RpcError(RPC_CODES.params, '`resourceSubscriptions` must be a list of URIs.');
  }
  const release = streams.begin(principal);
  const expired = new AbortController();
  const unwatch = deps.onInvalid(principal, () => expired.abort());
  const ended = AbortSignal.any([reply.disconnected, stopping, expired.signal]);
  const meta = { _meta: { [`${PREFIX}subscriptionId`]: id } };
  let early: string[] | undefined = [];
  const tell = (uri: string) => reply.notify('notifications/resources/updated', { ...meta, uri });
  const subscriptions = createResourceSubscriptions(deps, {
    maxSubscriptions: limits.maxSubscriptions,
    ended,
    onUpdated: (uri) => (early ? void early.push(uri) : tell(uri)),
  });
  try {
    const followed: string[] = [];
    for (const uri of wanted as readonly string[]) {
      const isFollowed = await subscriptions.subscribe(principal, uri).then(() => true, isUnknown);
      if (isFollowed) followed.push(uri);
    }
    const notifications = followed.length > 0 ? { resourceSubscriptions: followed } : {};
    reply.notify('notifications/subscriptions/acknowledged', { ...meta, notifications });
    for (const uri of early) tell(uri);
    early = undefined;
    await new Promise((resolve) => {
      if (ended.aborted) resolve(undefined);
      else ended.addEventListener('abort', resolve, { once: true });
    });
    return meta;
  } finally {
    unwatch();
    release();
  }
}

/** What does not exist, or never changes, is not followed. @throws any other error */
function isUnknown(error: unknown): false {
  if (error instanceof Fault && (error.code === 'NOT_FOUND' || error.code === 'BAD_INPUT')) return false;
  throw error;
}
