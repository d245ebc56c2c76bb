import type OpenAI from 'openai';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { JsonObject } from '../../lib/json.ts';

/** An endpoint of OpenAI's chat completions, with model and credentials. */
export interface LlmEndpoint {
  /** The base, without `/chat/completions`. The policy has allowed it. */
  readonly uri: CanonicalUri;
  readonly model: string;
  readonly apiKey?: string;
}

/** The server's model, from its settings. */
export interface ServerModel {
  readonly apiBase: string;
  readonly model: string;
  readonly apiKey?: { reveal(): Uint8Array };
}

export type LlmMessage = OpenAI.ChatCompletionMessageParam;

/** A request to a model. */
export interface LlmRequest {
  readonly messages: readonly LlmMessage[];
  readonly tools?: readonly OpenAI.ChatCompletionFunctionTool[];
  /** Limit of the answer. */
  readonly maxTokens: number;
  readonly temperature?: number;
  /** JSON Schema of the answer, for endpoints that can enforce one. */
  readonly schema?: JsonObject;
}

/** The request as the API expects it. */
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

/** Added by chat templates: roles and delimiters around each message and tool, and a preamble. */
const OVERHEAD_TOKENS_PER_PART = 64;
const OVERHEAD_TOKENS_PER_REQUEST = 512;

/**
 * An upper bound of the tokens that the request can use: a token has at least one byte, and JSON is at least as long as
 * its content.
 */
export function maxTokensOf(request: LlmRequest): number {
  const { messages, tools = [], maxTokens, schema } = request;
  const bytes = Buffer.byteLength(JSON.stringify([messages, tools, schema]));
  return bytes + OVERHEAD_TOKENS_PER_PART * (messages.length + tools.length) + OVERHEAD_TOKENS_PER_REQUEST + maxTokens;
}
