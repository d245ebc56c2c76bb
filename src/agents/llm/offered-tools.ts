import type { AgentSession, RemoteTool, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { ToolCallRequest } from '../../core/event.ts';
import { isJsonObject, type JsonObject, wellFormed, wellFormedJson } from '../../lib/json.ts';
import type { McpConnection } from '../mcp/client.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';
import type { LlmCompletion } from './completion-stream.ts';
import type { LlmFunction } from './request.ts';
import type { LlmToolCall } from './tool-call-pieces.ts';

/** A tool that a model may call: of this server, or of an MCP server. */
export interface OfferedTool extends ToolInfo {
  readonly remote?: RemoteTool;
}

/** By the name that the model sees. */
export type OfferedTools = ReadonlyMap<string, OfferedTool>;

const MAX_FUNCTION_NAME_CHARS = 64;
const MAX_DESCRIPTION_CHARS = 1024;

/** Unique names as the API accepts them, `[A-Za-z0-9_-]{1,64}`; the same for the same tools in the same order. */
export function assignFunctionNames(tools: readonly OfferedTool[]): OfferedTools {
  const toolsByName = new Map<string, OfferedTool>();
  /** The last number of each plain name, so that thousands of equal names are not counted from 1 again. */
  const numbers = new Map<string, number>();
  for (const tool of tools) {
    const plain = tool.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_FUNCTION_NAME_CHARS) || 'tool';
    let number = numbers.get(plain) ?? 1;
    while (toolsByName.has(withSuffix(plain, number))) number += 1;
    numbers.set(plain, number);
    toolsByName.set(withSuffix(plain, number), tool);
  }
  return toolsByName;
}

function withSuffix(plain: string, number: number): string {
  if (number === 1) return plain;
  const end = `_${number}`;
  return plain.slice(0, MAX_FUNCTION_NAME_CHARS - end.length) + end;
}

/** The tools as function definitions of the API, which requires `properties` even of a tool without parameters. */
export function toFunctions(tools: OfferedTools): readonly LlmFunction[] {
  return [...tools].map(([name, { description, input }]) => ({
    type: 'function',
    function: {
      name,
      description: wellFormed(description.slice(0, MAX_DESCRIPTION_CHARS)),
      parameters: { type: 'object', properties: {}, ...input },
    },
  }));
}

/** The only property of arguments that were not a JSON object: a call is stored as JSON, so its arguments must be JSON. */
const UNREADABLE_ARGUMENTS = 'unreadable_arguments';

/**
 * The calls of an answer as the journal stores them, with the original name of the tool when the tool exists. No arguments are
 * `{}`, except in the last call of a truncated answer, whose arguments are missing.
 */
export function toToolCallRequests({ calls, finishReason }: LlmCompletion, tools: OfferedTools): ToolCallRequest[] {
  return calls.map((call, at) => {
    const isCut = finishReason === 'length' && at === calls.length - 1;
    return toToolCallRequest(call, tools, isCut ? undefined : {});
  });
}

function toToolCallRequest(call: LlmToolCall, tools: OfferedTools, none: JsonObject | undefined): ToolCallRequest {
  const args = call.arguments.trim() === '' ? none : tryParseJson(call.arguments);
  return {
    id: call.id.slice(0, 200),
    tool: tools.get(call.name)?.name ?? call.name.slice(0, 200),
    arguments: wellFormedJson(isJsonObject(args) ? args : { [UNREADABLE_ARGUMENTS]: call.arguments.slice(0, 1_000) }),
  };
}

export function hasUnreadableArguments(args: JsonObject): boolean {
  return Object.keys(args).length === 1 && typeof args[UNREADABLE_ARGUMENTS] === 'string';
}

/**
 * What a model may call: the tools of this server that its agent names, and those tools of its MCP servers that the agent
 * names; all of the latter when the agent names no tools.
 * @throws Fault BAD_INPUT for an unknown name, and whatever listing the servers' tools throws
 */
export async function offerTools(
  names: readonly string[] | undefined,
  servers: readonly McpConnection[],
  session: AgentSession,
): Promise<OfferedTools> {
  const offered: OfferedTool[] = session.tools.filter(({ name }) => names?.includes(name));
  for (const server of servers) {
    for (const tool of await server.tools()) {
      if (names && !names.includes(tool.name)) continue;
      if (offered.some(({ name }) => name === tool.name)) {
        session.log('WARN', `Two tools have the name ${tool.name}; the one at ${server.uri.href} is ignored.`);
        continue;
      }
      const { uri } = server;
      const perform = (args: Parameters<McpConnection['call']>[1], signal: AbortSignal) =>
        server.call(tool.name, args, signal);
      offered.push({ ...tool, remote: { uri, perform } });
    }
  }
  const missing = (names ?? []).filter((name) => !offered.some((tool) => tool.name === name));
  // In the agent's order: the first tool is the one to begin with.
  const position = ({ name }: OfferedTool) => names?.indexOf(name) ?? 0;
  if (missing.length === 0) return assignFunctionNames(offered.toSorted((a, b) => position(a) - position(b)));
  throw new Fault(
    'BAD_INPUT',
    `The agent cannot use ${missing.join(', ')}: no such tool exists, or the policy forbids it. Remove the name, or allow tool:${missing[0]}.`,
  );
}
