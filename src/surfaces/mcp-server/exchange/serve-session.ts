import type { IncomingMessage, ServerResponse } from 'node:http';
import { HANDSHAKE_VERSIONS } from '../../../agents/mcp/request-metadata.ts';
import { Fault } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import type { McpLimits } from '../protocol/mcp-limits.ts';
import { type Message, optionalText, type RequestId, requiredText, toMessage } from '../protocol/message.ts';
import { createEventStream, createReply, type Reply, sendRpc } from '../protocol/reply.ts';
import { errorMember, RPC_CODES, RpcError, toRpcError } from '../protocol/rpc-error.ts';
import { CAPABILITIES, INSTRUCTIONS, serverInfo } from '../protocol/server-info.ts';
import { type Method, type MethodCall, toLogLevel } from './methods.ts';
import type { Session, Sessions } from './sessions.ts';

/** Only this version has batches. */
const BATCH_VERSION = '2025-03-26';

export interface SessionDeps {
  readonly deps: McpDeps;
  readonly limits: McpLimits;
  readonly sessions: Sessions;
  readonly methods: Readonly<Record<string, Method>>;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
}

/** Answers a POST of a version with a handshake (MCP 2025-11-25 and earlier). @throws RpcError, Fault */
export async function serveSessionPost(
  ctx: SessionDeps,
  req: IncomingMessage,
  res: ServerResponse,
  body: Json,
  caller: McpCaller,
): Promise<void> {
  const sessionId = req.headers['mcp-session-id'];
  const first = Array.isArray(body) ? undefined : toMessage(body);
  if (first?.method === 'initialize' && first.id !== undefined) {
    const session = ctx.sessions.begin(caller.principal, agreedVersion(first.params));
    res.setHeader('Mcp-Session-Id', session.id);
    return sendRpc(res, 200, { id: first.id, result: initializeResult(ctx.deps, session.version) });
  }
  if (typeof sessionId !== 'string') {
    const message = 'Begin with initialize, and send the Mcp-Session-Id that it returns with all that follows.';
    throw new RpcError(RPC_CODES.request, message);
  }
  const session = ctx.sessions.find(sessionId, caller.principal);
  const messages = Array.isArray(body) ? toBatch(body as readonly Json[], session, ctx.limits) : first ? [first] : [];
  const requests = messages.filter((message): message is Message & { id: RequestId } => message.id !== undefined);
  for (const message of messages) if (message.id === undefined) receiveNotification(session, message);
  if (requests.length === 0) return void res.writeHead(202).end();
  const reply = createReply(res);
  const responses: JsonObject[] = [];
  // One after another, so that a batch does not evade the limit of concurrent requests.
  for (const request of requests) {
    const response = await answer(ctx, session, request, reply, caller);
    if (response) responses.push(response);
  }
  if (responses.length === 0) reply.close();
  else reply.end(Array.isArray(body) ? responses : (responses[0] as JsonObject));
}

/** The version that the client asks for, or the newest one. @throws RpcError */
function agreedVersion(params: JsonObject): string {
  const wanted = requiredText(params, 'protocolVersion');
  return HANDSHAKE_VERSIONS.includes(wanted) ? wanted : (HANDSHAKE_VERSIONS[0] ?? wanted);
}

function initializeResult({ version }: McpDeps, protocolVersion: string): JsonObject {
  const capabilities = { ...CAPABILITIES, logging: {} };
  return { protocolVersion, capabilities, serverInfo: serverInfo(version), instructions: INSTRUCTIONS };
}

function toBatch(body: readonly Json[], { version }: Session, { maxBatch }: McpLimits): readonly Message[] {
  if (version !== BATCH_VERSION) throw new RpcError(RPC_CODES.request, 'Send each message in a separate request.');
  if (body.length === 0 || body.length > maxBatch)
    throw new RpcError(RPC_CODES.request, `A batch has 1 to ${maxBatch} messages.`);
  return body.map(toMessage).filter((message) => message !== undefined);
}

function receiveNotification(session: Session, { method, params }: Message): void {
  if (method === 'notifications/cancelled') session.requests.get(params.requestId as RequestId)?.abort();
}

/** The response, or undefined for a request that was cancelled. */
async function answer(
  { deps, methods, stopping }: SessionDeps,
  session: Session,
  { id, method, params }: Message & { id: RequestId },
  reply: Reply,
  caller: McpCaller,
): Promise<JsonObject | undefined> {
  const cancel = new AbortController();
  session.requests.set(id, cancel);
  const call: MethodCall = {
    ...{ params, caller, logLevel: session.logLevel, notify: reply.notify },
    cancelled: cancel.signal,
    // A run does not end with the connection.
    detached: AbortSignal.any([reply.disconnected, stopping]),
  };
  try {
    const known = methods[method] ?? sessionMethods(session)[method];
    if (!known) throw new RpcError(RPC_CODES.method, `There is no method ${method.slice(0, 100)}.`);
    const result = await known(call);
    return cancel.signal.aborted ? undefined : { id, result };
  } catch (error) {
    return cancel.signal.aborted ? undefined : { id, error: errorMember(toRpcError(error, deps.logger)) };
  } finally {
    if (session.requests.get(id) === cancel) session.requests.delete(id);
  }
}

function sessionMethods(session: Session): Readonly<Record<string, Method>> {
  return {
    ping: async () => ({}),
    'logging/setLevel': async ({ params }) => {
      session.logLevel = toLogLevel(params.level);
      return {};
    },
    'resources/subscribe': async ({ params, caller }) => {
      await session.subscriptions.subscribe(caller.principal, requiredText(params, 'uri'));
      return {};
    },
    'resources/unsubscribe': async ({ params }) => {
      session.subscriptions.unsubscribe(optionalText(params, 'uri') ?? '');
      return {};
    },
  };
}

/** Opens a stream of notifications. It ends with the token, with the session, and when the server stops. @throws Fault */
export function serveSessionStream(
  { deps, sessions, stopping }: SessionDeps,
  req: IncomingMessage,
  res: ServerResponse,
  { principal }: McpCaller,
): void {
  const session = sessions.find(String(req.headers['mcp-session-id'] ?? ''), principal);
  if (stopping.aborted) {
    throw new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: 2_000 });
  }
  const stream = createEventStream(res);
  session.streams.add(stream);
  const unwatch = deps.onInvalid(principal, () => stream.close());
  res.once('close', () => {
    unwatch();
    session.streams.delete(stream);
  });
  stream.open();
}
