import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, wellFormed } from '../../lib/json.ts';

export interface LlmUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** The complete answer of a model. */
export interface LlmCompletion {
  readonly text: string;
  /** Tool calls that the model requests; `arguments` as the model wrote them. */
  readonly calls: readonly LlmToolCall[];
  /** Why it ended: `stop`, `length`, `tool_calls`, `content_filter`, or another reason of the endpoint. */
  readonly finishReason: string;
  /** Absent when the endpoint does not report it. */
  readonly usage?: LlmUsage;
}

export interface LlmToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** More calls in one turn are a loop, not a plan. */
const MAX_TOOL_CALLS = 64;

/**
 * Assembles an answer from its chunks (OpenAI's `chat.completion.chunk`). Checks everything: the endpoint is not trusted.
 * @param onText called with each piece of text as it arrives
 * @throws Fault RESOURCE_UNREACHABLE for a stream that is incomplete, empty or malformed; and whatever the stream throws
 */
export async function readCompletion(
  chunks: AsyncIterable<unknown>,
  onText: (text: string) => void,
): Promise<LlmCompletion> {
  const calls: { index: number; id: string; name: string; arguments: string }[] = [];
  const text = textAccumulator(onText);
  let finish: string | undefined;
  let usage: LlmUsage | undefined;

  for await (const chunk of chunks) {
    if (!isJsonObject(chunk)) throw malformedStreamFault('a chunk that is not an object');
    usage = usageOf(chunk.usage) ?? usage;
    const { choices = [] } = chunk;
    if (!Array.isArray(choices)) throw malformedStreamFault('choices that are not a list');
    for (const choice of choices as readonly Json[]) {
      if (!isJsonObject(choice) || (choice.index ?? 0) !== 0) continue;
      if (typeof choice.finish_reason === 'string') finish = choice.finish_reason;
      if (!isJsonObject(choice.delta)) continue;
      const { content, refusal, tool_calls: pieces } = choice.delta;
      for (const piece of [content, refusal]) if (typeof piece === 'string') text.add(piece);
      if (Array.isArray(pieces)) for (const piece of pieces as readonly Json[]) mergeToolCall(calls, piece);
    }
  }
  if (finish === undefined) throw malformedStreamFault('an answer without an end');
  const whole = text.end();
  if (whole === '' && calls.length === 0) throw malformedStreamFault('an empty answer');
  const toolCalls = calls.map(({ id, name, arguments: args }, at) => ({
    id: wellFormed(id) || `call_${at + 1}`,
    name: wellFormed(name),
    arguments: args,
  }));
  return { text: whole, calls: toolCalls, finishReason: finish, ...(usage && { usage }) };
}

/** A call arrives in pieces with its index; some endpoints omit the index and send complete calls. */
function mergeToolCall(calls: { index: number; id: string; name: string; arguments: string }[], piece: Json): void {
  if (!isJsonObject(piece) || !isJsonObject(piece.function)) throw malformedStreamFault('a malformed tool call');
  const { name, arguments: args } = piece.function;
  const begins = typeof piece.id === 'string' && piece.id !== '';
  const index = typeof piece.index === 'number' ? piece.index : calls.length - (begins ? 0 : 1);
  let call = calls.find((one) => one.index === index);
  if (!call) {
    if (calls.length === MAX_TOOL_CALLS) throw malformedStreamFault(`more than ${MAX_TOOL_CALLS} tool calls`);
    call = { index, id: '', name: '', arguments: '' };
    calls.push(call);
  }
  if (begins && call.id === '') call.id = String(piece.id);
  if (typeof name === 'string') call.name += name;
  if (typeof args === 'string') call.arguments += args;
}

/** Passes text on in well-formed pieces: a character may be split between two chunks. */
function textAccumulator(onText: (text: string) => void) {
  let whole = '';
  let half = '';
  const emit = (piece: string) => {
    if (piece === '') return;
    whole += piece;
    onText(piece);
  };
  return {
    add(piece: string) {
      const joined = half + piece;
      half = /[\ud800-\udbff]$/.exec(joined)?.[0] ?? '';
      emit(wellFormed(half ? joined.slice(0, -1) : joined));
    },
    end() {
      emit(wellFormed(half));
      return whole;
    },
  };
}

function usageOf(value: Json | undefined): LlmUsage | undefined {
  if (!isJsonObject(value)) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = value;
  const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && Number(count) >= 0;
  if (!isCount(prompt) || !isCount(completion)) return undefined;
  const sum = prompt + completion;
  return { promptTokens: prompt, completionTokens: completion, totalTokens: Math.max(sum, isCount(total) ? total : 0) };
}

function malformedStreamFault(what: string): Fault {
  const message = `The endpoint of the language model sent ${what}. Check that it streams OpenAI chat completions, or try again.`;
  return new Fault('RESOURCE_UNREACHABLE', message);
}
