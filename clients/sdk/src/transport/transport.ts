import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { SignalboxError } from './signalbox-error.ts';

/**
 * An operation as text with the types of its result and variables, as the client preset of graphql-codegen generates it
 * with `documentMode: 'string'`. Plain text works too; its result has the type `unknown`.
 */
export type TypedDocument<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { toString(): string };

/** Variables are optional if the operation requires none. */
export type VariablesAnd<Variables, Options> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Called when a subscription is interrupted and will reconnect, with the delay before the next attempt. */
export type OnInterrupted = (error: SignalboxError, retryInMs: number) => void;

export interface SubscribeOptions extends CallOptions {
  /** For this subscription alone. The next result says that it has reconnected. */
  readonly onInterrupted?: OnInterrupted | undefined;
}

/** What sends operations. */
export interface Transport {
  /**
   * Sends a query or a mutation.
   * @throws SignalboxError if the response has errors; its `data` holds the fields that did not fail. A refused mutation
   *   is a result, not an error: see `unwrap`.
   */
  request<R, V>(document: TypedDocument<R, V>, ...rest: VariablesAnd<V, CallOptions>): Promise<R>;
  /**
   * Returns the results of a subscription, pulled by the caller. It reconnects after interruptions: a subscription with
   * a variable `$after` continues from the `cursor` of its newest result, so that every event comes once, in order.
   * It ends when the server completes it, when the signal aborts, and when the caller leaves the loop.
   * @throws SignalboxError that a retry would not change: UNAUTHENTICATED, FORBIDDEN, CURSOR_EXPIRED …
   */
  subscribe<R, V>(
    document: TypedDocument<R, V>,
    ...rest: VariablesAnd<V, SubscribeOptions>
  ): AsyncIterableIterator<R, undefined>;
}
