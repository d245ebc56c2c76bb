import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { JsonObject } from '../../lib/json.ts';

/** An endpoint of OpenAI's chat completions, with model and credentials. */
export interface LlmEndpoint {
  /** The base, without `/chat/completions`. The policy has allowed it. */
  readonly uri: CanonicalUri;
  readonly model: string;
  readonly apiKey?: string;
  /** Fields that the endpoint has refused: further requests do without them. */
  readonly refused: Set<AdaptableField>;
}

/** Fields of a request that endpoints refuse: `max_tokens` becomes `max_completion_tokens`, the other is left out. */
export type AdaptableField = 'max_tokens' | 'stream_options';

/** The server's model, from its settings. */
export interface ServerModel {
  readonly apiBase: string;
  readonly model: string;
  readonly apiKey?: { reveal(): Uint8Array };
}

/** A message of the API. */
export type LlmMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly FunctionCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

interface FunctionCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A tool as the API expects it. */
export interface LlmFunction {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonObject };
}

/** A request to a model. */
export interface LlmRequest {
  readonly messages: readonly LlmMessage[];
  readonly tools?: readonly LlmFunction[];
  /** Limit of the answer. */
  readonly maxTokens: number;
  readonly temperature?: number;
  /** JSON Schema of the answer, for endpoints that can enforce one. */
  readonly schema?: JsonObject;
}

/** The request as the API expects it. */
export function toRequestBody({ model, refused }: LlmEndpoint, request: LlmRequest): Readonly<Record<string, unknown>> {
  const { messages, tools = [], maxTokens, temperature, schema } = request;
  return {
    model,
    messages,
    [refused.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: maxTokens,
    stream: true,
    ...(!refused.has('stream_options') && { stream_options: { include_usage: true } }),
    ...(tools.length > 0 && { tools }),
    ...(temperature !== undefined && { temperature }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
  };
}

/** The field that the endpoint refuses, by its explanation, if the request can do without it and has it. */
export function refusedField(explanation: string, { refused }: LlmEndpoint): AdaptableField | undefined {
  if (!refused.has('max_tokens') && /\bmax_completion_tokens\b/.test(explanation)) return 'max_tokens';
  return !refused.has('stream_options') && /\bstream_options\b/.test(explanation) ? 'stream_options' : undefined;
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
