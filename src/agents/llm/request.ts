import type OpenAI from 'openai';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { JsonObject } from '../../lib/json.ts';

/** Where a language model answers, by OpenAI's chat completions, and as whom it is asked. */
export interface LlmEndpoint {
  /** The base: `/chat/completions` follows. Policy has been asked about it. */
  readonly uri: CanonicalUri;
  readonly model: string;
  readonly apiKey?: string;
}

/** The server's own model, as its settings have it. */
export interface ServerModel {
  readonly apiBase: string;
  readonly model: string;
  readonly apiKey?: { reveal(): Uint8Array };
}

export type LlmMessage = OpenAI.ChatCompletionMessageParam;

/** What a model is asked. */
export interface LlmRequest {
  readonly messages: readonly LlmMessage[];
  readonly tools?: readonly OpenAI.ChatCompletionFunctionTool[];
  /** Of the answer. */
  readonly maxTokens: number;
  readonly temperature?: number;
  /** The answer is to fit it, where the endpoint can see to that. */
  readonly schema?: JsonObject;
}

/** The request as the API takes it. */
export function toRequestBody(model: string, request: LlmRequest) {
  const { messages, tools = [], maxTokens, temperature, schema } = request;
  return {
    model,
    messages: [...messages],
    max_tokens: maxTokens,
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: [...tools] }),
    ...(temperature !== undefined && { temperature }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { ...schema } } } }),
  } satisfies OpenAI.ChatCompletionCreateParamsStreaming;
}

/** What templates of chats add: roles and marks around each message and tool, and a preamble. */
const OVERHEAD_TOKENS_PER_PART = 64;
const OVERHEAD_TOKENS_PER_REQUEST = 512;

/**
 * More tokens than the request can use: no token is shorter than a byte, and JSON is no shorter than what it holds.
 */
export function maxTokensOf(request: LlmRequest): number {
  const { messages, tools = [], maxTokens, schema } = request;
  const bytes = Buffer.byteLength(JSON.stringify([messages, tools, schema]));
  return bytes + OVERHEAD_TOKENS_PER_PART * (messages.length + tools.length) + OVERHEAD_TOKENS_PER_REQUEST + maxTokens;
}
