import { abortFault } from '../../core/abort.ts';
import type { AgentSession, ModelReply } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { ToolCallRequest } from '../../core/event.ts';
import { type LlmCompletion, type LlmUsage, tokenCounts } from './completion-stream.ts';
import { hasUnreadableArguments, type OfferedTools, toToolCallRequests } from './offered-tools.ts';
import type { LlmMessage } from './request.ts';

/** The text, or its beginning with a note about how much is missing. */
export function truncateText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Not inside a character: its continuation bytes are 10xxxxxx.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end)}\n[cut: the first ${end} of ${bytes.length} bytes]`;
}

export interface ToolLoop {
  readonly prompt: { readonly system: string; readonly user: string };
  readonly tools: OfferedTools;
  readonly maxTurns: number;
  ask(messages: readonly LlmMessage[]): Promise<LlmCompletion>;
  /** What is wrong with a final answer, for the model, which is told once; undefined when nothing is. */
  objection?(text: string): Promise<string | undefined>;
}

export interface ToolLoopResult {
  readonly text: string;
  readonly turns: number;
  /** Absent unless known for every turn: unknown for a turn before a pause, or when the endpoint does not report it. */
  readonly usage?: LlmUsage;
}

const MAX_TOOL_RESULT_BYTES = 32 * 1024;

/**
 * Asks the model and makes the tool calls that it requests, in its order, until it requests none. An answer with an objection
 * has one more turn than `maxTurns`, if need be. Turns and calls that are in the journal are not repeated, so the same
 * conversation results.
 * @throws Fault TOO_COSTLY after too many turns; and whatever `ask` and `session.callTool` throw
 */
export async function runToolLoop(
  { prompt, tools, maxTurns, ask, objection }: ToolLoop,
  session: AgentSession,
): Promise<ToolLoopResult> {
  await session.addMessage('system', prompt.system);
  await session.addMessage('user', prompt.user);
  const messages: LlmMessage[] = [
    { role: 'system', content: prompt.system },
    { role: 'user', content: prompt.user },
  ];
  const usages: (LlmUsage | undefined)[] = [];

  let lastTurn = maxTurns;
  let objected = false;
  for (let turns = 1; turns <= lastTurn; turns += 1) {
    let usage: LlmUsage | undefined;
    const turn = await session.requestModel(async () => {
      const answer = await ask(messages);
      usage = answer.usage;
      return { text: answer.text, calls: toToolCallRequests(answer, tools), ...tokenCounts(usage) };
    });
    usages.push(usage);
    if (turn.calls.length === 0) {
      const feedback = objected ? undefined : await objection?.(turn.text);
      if (feedback === undefined) {
        const sum = totalUsage(usages);
        return { text: turn.text, turns, ...(sum && { usage: sum }) };
      }
      objected = true;
      lastTurn = Math.max(maxTurns, turns + 1);
      await session.addMessage('user', feedback);
      messages.push({ role: 'assistant', content: turn.text }, { role: 'user', content: feedback });
      continue;
    }
    if (turns === lastTurn) break;
    messages.push(assistantMessage(turn, tools));
    for (const call of turn.calls) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: await toolResultText(call, tools, session) });
    }
  }
  throw new Fault(
    'TOO_COSTLY',
    `The agent did not finish within ${maxTurns} turns. Narrow its goal, or raise maxTurns.`,
  );
}

function assistantMessage({ text, calls }: ModelReply, tools: OfferedTools): LlmMessage {
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    tool_calls: calls.map(({ id, tool, arguments: args }) => ({
      id,
      type: 'function',
      function: { name: offeredNameOf(tool, tools) ?? tool, arguments: JSON.stringify(args) },
    })),
  };
}

/** Result of a call, for the model. A failed call is for the model to handle; it does not fail the step. */
async function toolResultText(call: ToolCallRequest, tools: OfferedTools, session: AgentSession): Promise<string> {
  const name = offeredNameOf(call.tool, tools);
  const tool = name === undefined ? undefined : tools.get(name);
  if (!tool)
    return `Error NOT_FOUND: there is no tool ${call.tool}. There are: ${[...tools.keys()].join(', ') || 'none'}.`;
  if (hasUnreadableArguments(call.arguments))
    return 'Error BAD_INPUT: the arguments are not a JSON object. Write them as one.';
  try {
    const result = await session.callTool(tool.name, call.arguments, tool.remote);
    return truncateText(typeof result === 'string' ? result : JSON.stringify(result), MAX_TOOL_RESULT_BYTES);
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'CANCELLED') throw error;
    if (session.signal.aborted) throw abortFault(session.signal);
    return truncateText(`Error ${error.code}: ${error.message}`, MAX_TOOL_RESULT_BYTES);
  }
}

/** A call is stored under the tool's original name, as the policy and people know it. */
function offeredNameOf(tool: string, tools: OfferedTools): string | undefined {
  for (const [name, offered] of tools) if (offered.name === tool) return name;
  return undefined;
}

function totalUsage(usages: readonly (LlmUsage | undefined)[]): LlmUsage | undefined {
  let sum: LlmUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };
  for (const usage of usages) {
    if (!usage) return undefined;
    sum = {
      promptTokens: sum.promptTokens + usage.promptTokens,
      completionTokens: sum.completionTokens + usage.completionTokens,
      totalTokens: sum.totalTokens + usage.totalTokens,
    };
  }
  return sum;
}
