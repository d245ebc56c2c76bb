import { Fault } from '../../core/errors.ts';
import type { TokenCounts } from '../../core/event.ts';
import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject, type Json, type JsonObject, wellFormed } from '../../lib/json.ts';
import { type LlmToolCall, malformedStreamFault, toolCallAccumulator } from './tool-call-pieces.ts';

export interface LlmUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** The field of a reply that has the usage, if the endpoint reports it. */
export function tokenCounts(usage: LlmUsage | undefined): { readonly usage?: TokenCounts } {
  return usage ? { usage: { input: usage.promptTokens, output: usage.completionTokens } } : {};
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

export interface AnswerListener {
  /** Called with each piece of text as it arrives. */
  onText(text: string): void;
  /** Called with each piece of the answer, which may be a thought or a tool call. */
  onPiece?(): void;
}

/** Ends a stream (OpenAI, "Streaming"). */
const DONE = '[DONE]';

/**
 * Assembles an answer from the data of the stream's events (OpenAI's `chat.completion.chunk`); docs/agents.md has the grammar.
 * Checks everything: the endpoint is not trusted. The answer is complete after a `finish_reason` or `[DONE]`, and may be empty.
 * @throws Fault RESOURCE_UNREACHABLE for a stream that breaks off or is malformed, UNAVAILABLE for an error of the endpoint
 *   within its answer; and whatever the stream throws before the answer is complete
 */
export async function readCompletion(
  events: AsyncIterable<string>,
  { onText, onPiece }: AnswerListener,
): Promise<LlmCompletion> {
  const text = textAccumulator(onText);
  const calls = toolCallAccumulator();
  let finish = '';
  let usage: LlmUsage | undefined;

  const addChoice = ({ finish_reason: reason, delta, message }: JsonObject) => {
    if (typeof reason === 'string' && reason !== '') finish = reason;
    // An endpoint that does not stream sends one message.
    const piece = isJsonObject(delta) ? delta : message;
    if (!isJsonObject(piece)) return;
    const texts = [piece.content, piece.refusal].map(textOf);
    const hasCalls = Array.isArray(piece.tool_calls) && piece.tool_calls.length > 0;
    if (hasCalls || [...texts, textOf(piece.reasoning_content), textOf(piece.reasoning)].some((one) => one !== '')) {
      onPiece?.();
    }
    for (const one of texts) text.add(one);
    if (hasCalls) for (const call of piece.tool_calls as readonly Json[]) calls.add(call);
  };

  try {
    for await (const data of events) {
      if (data.trim() === DONE) {
        finish ||= 'stop';
        break;
      }
      const chunk = parseChunk(data);
      usage = usageOf(chunk.usage) ?? usage;
      const choices = chunk.choices ?? [];
      if (!Array.isArray(choices)) throw malformedStreamFault('choices that are not a list');
      for (const choice of choices as readonly Json[])
        if (isJsonObject(choice) && (choice.index ?? 0) === 0) addChoice(choice);
    }
  } catch (error) {
    // After its reason to end, an answer lacks nothing but perhaps its usage.
    if (finish === '' || !(error instanceof Fault) || !CONNECTION_FAULTS.includes(error.code)) throw error;
  }
  if (finish === '') throw malformedStreamFault('an answer without an end');
  return { text: text.end(), calls: calls.end(), finishReason: finish, ...(usage && { usage }) };
}

const CONNECTION_FAULTS: readonly string[] = ['RESOURCE_UNREACHABLE', 'TIMEOUT'];

/** @throws Fault RESOURCE_UNREACHABLE, UNAVAILABLE */
function parseChunk(data: string): JsonObject {
  let chunk: Json;
  try {
    chunk = parseJson(data);
  } catch (error) {
    throw malformedStreamFault('something that is not JSON', error);
  }
  if (!isJsonObject(chunk)) throw malformedStreamFault('a chunk that is not an object');
  const error = chunk.error || (chunk.object === 'error' ? chunk.message : undefined);
  if (!error) return chunk;
  const reason = errorTextOf(error).slice(0, 500) || 'it gave no reason';
  throw new Fault(
    'UNAVAILABLE',
    `The language model's endpoint ended its answer with an error: ${reason}. Try again later.`,
  );
}

/** The explanation in an error of an endpoint, in any of the forms in use. */
export function errorTextOf(body: Json | undefined): string {
  if (typeof body === 'string') return body;
  if (Array.isArray(body))
    return (body as readonly Json[])
      .map(errorTextOf)
      .filter((text) => text !== '')
      .join('; ');
  if (!isJsonObject(body)) return '';
  const { msg, loc } = body;
  // FastAPI names the field that it rejects by its path.
  if (typeof msg === 'string') return `${Array.isArray(loc) ? `${loc.join('.')}: ` : ''}${msg}`;
  return errorTextOf(body.message ?? body.error ?? body.detail);
}

/** Text, or the text of a list of parts; of parts of another type, such as thoughts, nothing. */
function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly Json[])
    .map((part) => (isJsonObject(part) && part.type === 'text' ? textOf(part.text) : ''))
    .join('');
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
