import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { handleToolCall } from '../calls/handle-tool-call.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import { metaOf, objectOrEmpty, optionalText, requiredText } from '../protocol/message.ts';
import { RPC_CODES, RpcError } from '../protocol/rpc-error.ts';
import { listResources, resourceTemplates } from '../resources/list-resources.ts';
import { readResource } from '../resources/read-resource.ts';
import { createListTools } from '../tools/list-tools.ts';
import { createToolNames, type ToolNames } from '../tools/tool-names.ts';
import { createToolVisibility } from '../tools/tool-visibility.ts';

/** A request, and the ways to tell its client something before the result. */
export interface MethodCall {
  readonly params: JsonObject;
  readonly caller: McpCaller;
  /** Aborts when the client cancels the request. */
  readonly cancelled: AbortSignal;
  /** Aborts when nobody waits for the result any longer. */
  readonly detached: AbortSignal;
  /** The level from which log messages are sent; none without it. */
  readonly logLevel: LoggingLevel | undefined;
  notify(method: string, params: JsonObject): void;
}

/** @throws RpcError, Fault */
export type Method = (call: MethodCall) => Promise<JsonObject>;

const LOG_LEVELS: readonly string[] = [
  ...['debug', 'info', 'notice', 'warning'],
  ...['error', 'critical', 'alert', 'emergency'],
];

/** The methods that all versions of the protocol have. */
export function createMethods(deps: McpDeps): Readonly<Record<string, Method>> {
  const names = createToolNames([...deps.commands, ...deps.tools].map(({ name }) => name));
  const listTools = createListTools(deps, createToolVisibility(deps.policy), names);
  return {
    'tools/list': async ({ params, caller }) =>
      asJson(await listTools(caller.principal, optionalText(params, 'cursor'))),
    'tools/call': async (call) => asJson(await callTool(deps, names, call)),
    'resources/list': async ({ params, caller }) =>
      asJson(await listResources(deps, caller.principal, optionalText(params, 'cursor'))),
    'resources/templates/list': async () => asJson({ resourceTemplates }),
    'resources/read': async ({ params, caller }) =>
      asJson(await readResource(deps, caller.principal, requiredText(params, 'uri'))),
  };
}

/** Types of the SDK have members that may be undefined, which JSON leaves out. */
const asJson = (result: object) => result as JsonObject;

async function callTool(
  deps: McpDeps,
  names: ToolNames,
  { params, caller, cancelled, detached, logLevel, notify }: MethodCall,
) {
  const meta = metaOf(params);
  const { progressToken } = meta;
  if (progressToken !== undefined && typeof progressToken !== 'string' && typeof progressToken !== 'number') {
    throw new RpcError(RPC_CODES.params, '`progressToken` must be a text or a number.');
  }
  return await handleToolCall(deps, names, caller, {
    ...{ name: requiredText(params, 'name'), arguments: objectOrEmpty(params, 'arguments'), meta },
    ...{ cancelled, detached },
    ...(progressToken !== undefined && {
      onProgress: (progress) => notify('notifications/progress', { progressToken, ...progress }),
    }),
    ...(logLevel && {
      log: { level: logLevel, send: (message) => notify('notifications/message', message as unknown as JsonObject) },
    }),
  });
}

/** @throws RpcError */
export function toLogLevel(level: Json | undefined): LoggingLevel {
  if (typeof level === 'string' && LOG_LEVELS.includes(level)) return level as LoggingLevel;
  throw new RpcError(RPC_CODES.params, `The log level must be one of ${LOG_LEVELS.join(', ')}.`);
}
