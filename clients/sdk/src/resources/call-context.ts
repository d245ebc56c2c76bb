import { repeat } from '../transport/repeat.ts';
import type { CallOptions, Transport } from '../transport/transport.ts';

/** What the resources of a client share. */
export interface CallContext extends Transport {
  /** Milliseconds for which an operation with an idempotency key is repeated. */
  readonly timeoutMs: number;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

/** Sends an operation until the server has answered. Only for what has an idempotency key, and for queries. */
export function sendRepeatedly<T>(ctx: CallContext, call: CallOptions | undefined, send: () => Promise<T>): Promise<T> {
  const signal = call?.signal ? AbortSignal.any([ctx.closing, call.signal]) : ctx.closing;
  return repeat(send, { signal, timeoutMs: ctx.timeoutMs });
}

/** The input with an idempotency key: its own, or a new one. */
export function withKey<Input extends { readonly idempotencyKey?: string | null | undefined }>(input: Input): Input {
  // `crypto.randomUUID` is missing in pages without TLS.
  return { ...input, idempotencyKey: input.idempotencyKey ?? hex(crypto.getRandomValues(new Uint8Array(16))) };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
