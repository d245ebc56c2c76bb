import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type {
  CallToolRequest,
  LoggingLevel,
  ServerNotification,
  ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '../../../lib/json.ts';
import { handleToolCall } from '../calls/handle-tool-call.ts';
import type { Sdk } from '../protocol/load-sdk.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import { toRpcError } from '../protocol/rpc-error.ts';
import { listResources, resourceTemplates } from '../resources/list-resources.ts';
import { readResource } from '../resources/read-resource.ts';
import type { ResourceSubscriptions } from '../resources/resource-subscriptions.ts';
import type { ListTools } from '../tools/list-tools.ts';

type RequestExtra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** What one session's methods work with. */
export interface HandlerContext {
  readonly deps: McpDeps;
  readonly listTools: ListTools;
  readonly subscriptions: ResourceSubscriptions;
  /** Aborts when the session ends or the server stops waiting for results. */
  readonly detached: AbortSignal;
  /** Who sent a request. */
  callerOf(extra: RequestExtra): McpCaller;
  /** No answer follows a request that was cancelled; its stream ends all the same. */
  endStream(request: RequestExtra['requestId']): void;
}

/** Registers the methods of MCP 2025-11-25 that this server offers, in addition to those of the SDK. */
export function registerRequestHandlers(server: Server, { types }: Pick<Sdk, 'types'>, ctx: HandlerContext): void {
  const { deps, subscriptions, callerOf } = ctx;
  let level: LoggingLevel | undefined;
  const answering = async <T>(answer: () => Promise<T> | T): Promise<T> => {
    try {
      return await answer();
    } catch (error) {
      throw toRpcError(error, deps.logger);
    }
  };

  server.setRequestHandler(types.ListToolsRequestSchema, ({ params }, extra) =>
    answering(() => ctx.listTools(callerOf(extra).principal, params?.cursor)),
  );
  server.setRequestHandler(types.CallToolRequestSchema, ({ params }, extra) =>
    answering(() => handleToolCall(deps, callerOf(extra), toToolCallRequest(params, extra, ctx, level))),
  );
  server.setRequestHandler(types.ListResourcesRequestSchema, ({ params }, extra) =>
    answering(() => listResources(deps, callerOf(extra).principal, params?.cursor)),
  );
  server.setRequestHandler(types.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates }));
  server.setRequestHandler(types.ReadResourceRequestSchema, ({ params }, extra) =>
    answering(() => readResource(deps, callerOf(extra).principal, params.uri)),
  );
  server.setRequestHandler(types.SubscribeRequestSchema, ({ params }, extra) =>
    answering(async () => {
      await subscriptions.subscribe(callerOf(extra).principal, params.uri);
      return {};
    }),
  );
  server.setRequestHandler(types.UnsubscribeRequestSchema, ({ params }) => {
    subscriptions.unsubscribe(params.uri);
    return {};
  });
  server.setRequestHandler(types.SetLevelRequestSchema, ({ params }) => {
    level = params.level;
    return {};
  });
}

/** @param level until the client names one, it is sent no log */
function toToolCallRequest(
  { name, arguments: given = {}, _meta: meta = {} }: CallToolRequest['params'],
  extra: RequestExtra,
  { detached: left, endStream }: HandlerContext,
  level: LoggingLevel | undefined,
): Parameters<typeof handleToolCall>[2] {
  const cancelled = new AbortController();
  // The SDK aborts at the end of the session too, and a run does not end with that.
  const onAbort = () => {
    if (left.aborted) return;
    cancelled.abort();
    endStream(extra.requestId);
  };
  if (extra.signal.aborted) onAbort();
  else extra.signal.addEventListener('abort', onAbort, { once: true });
  // On the stream of the request itself. Whether anybody still reads it makes no difference to the run.
  const send = (notification: ServerNotification) => void extra.sendNotification(notification).catch(() => {});
  const { progressToken } = meta;
  return {
    ...{ name, arguments: given as JsonObject, meta, detached: left },
    cancelled: cancelled.signal,
    ...(progressToken !== undefined && {
      onProgress: (progress) => send({ method: 'notifications/progress', params: { progressToken, ...progress } }),
    }),
    ...(level && { log: { level, send: (params) => send({ method: 'notifications/message', params }) } }),
  };
}
