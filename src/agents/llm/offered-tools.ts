import type OpenAI from 'openai';
import type { AgentSession, RemoteTool, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { ToolCallRequest } from '../../core/event.ts';
import { isJsonObject, type JsonObject, wellFormedJson } from '../../lib/json.ts';
import type { McpConnection } from '../mcp/client.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';
import type { LlmToolCall } from './completion-stream.ts';

/** A tool that a model may call: of this server, or elsewhere. */
export interface OfferedTool extends ToolInfo {
  readonly remote?: RemoteTool;
}

/** By the name that the model knows it by. */
export type OfferedTools = ReadonlyMap<string, OfferedTool>;

const MAX_FUNCTION_NAME_CHARS = 64;
const MAX_DESCRIPTION_CHARS = 1024;

/** Names as the API takes them, `[A-Za-z0-9_-]{1,64}`, no two alike; the same for the same tools in the same order. */
export function assignFunctionNames(tools: readonly OfferedTool[]): OfferedTools {
  const named = new Map<string, OfferedTool>();
  /** The last number of each plain name: of thousands that become alike none is counted from the beginning again. */
  const numbers = new Map<string, number>();
  for (const tool of tools) {
    const plain = tool.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_FUNCTION_NAME_CHARS) || 'tool';
    let number = numbers.get(plain) ?? 1;
    while (named.has(withSuffix(plain, number))) number += 1;
    numbers.set(plain, number);
    named.set(withSuffix(plain, number), tool);
  }
  return named;
}

function withSuffix(plain: string, number: number): string {
  if (number === 1) return plain;
  const end = `_${number}`;
  return plain.slice(0, MAX_FUNCTION_NAME_CHARS - end.length) + end;
}

/** The tools as the API describes functions. */
export function toFunctions(tools: OfferedTools): readonly OpenAI.ChatCompletionFunctionTool[] {
  return [...tools].map(([name, { description, input }]) => ({
    type: 'function',
    function: { name, description: description.slice(0, MAX_DESCRIPTION_CHARS), parameters: { ...input } },
  }));
}

/** Under this name alone stand arguments that were no JSON object: a call is kept as JSON, and so must they be. */
const UNREADABLE_ARGUMENTS = 'unreadable_arguments';

/** A call as the journal keeps it: with the tool's own name, where there is such a tool. */
export function toToolCallRequest(call: LlmToolCall, tools: OfferedTools): ToolCallRequest {
  const read = call.arguments.trim() === '' ? {} : tryParseJson(call.arguments);
  return {
    id: call.id.slice(0, 200),
    tool: tools.get(call.name)?.name ?? call.name.slice(0, 200),
    arguments: wellFormedJson(isJsonObject(read) ? read : { [UNREADABLE_ARGUMENTS]: call.arguments.slice(0, 1_000) }),
  };
}

export function hasUnreadableArguments(args: JsonObject): boolean {
  return Object.keys(args).length === 1 && typeof args[UNREADABLE_ARGUMENTS] === 'string';
}

/**
 * What a model may call: the tools of this server that its agent names, and those of its MCP servers, all of them
 * unless the agent names tools.
 * @throws Fault BAD_INPUT for a name that is none, and what asking the servers throws
 */
export async function offerTools(
  wanted: readonly string[] | undefined,
  servers: readonly McpConnection[],
  work: AgentSession,
): Promise<OfferedTools> {
  const offered: OfferedTool[] = work.tools.filter(({ name }) => wanted?.includes(name));
  for (const server of servers) {
    for (const tool of await server.tools()) {
      if (wanted && !wanted.includes(tool.name)) continue;
      if (offered.some(({ name }) => name === tool.name)) {
        work.log('WARN', `There are two tools ${tool.name}; the one at ${server.uri.href} is left out.`);
        continue;
      }
      const { uri } = server;
      const perform = (args: Parameters<McpConnection['call']>[1], signal: AbortSignal) =>
        server.call(tool.name, args, signal);
      offered.push({ ...tool, remote: { uri, perform } });
    }
  }
  const missing = (wanted ?? []).filter((name) => !offered.some((tool) => tool.name === name));
  // In the order in which the agent names them: the one that comes first is what it is meant to begin with.
  const place = ({ name }: OfferedTool) => wanted?.indexOf(name) ?? 0;
  if (missing.length === 0) return assignFunctionNames(offered.toSorted((a, b) => place(a) - place(b)));
  throw new Fault(
    'BAD_INPUT',
    `The agent has no tool ${missing.join(', ')}: there is none, or the policy does not let it be called. Take it out, or allow tool:${missing[0]}.`,
  );
}
