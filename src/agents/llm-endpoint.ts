import type { CanonicalUri } from '../core/canonical-uri.ts';

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
