import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import {
  type DownloadOptions,
  downloadArtifact,
  type UploadContent,
  type UploadedArtifact,
  type UploadOptions,
  uploadArtifact,
} from './artifacts.ts';
import { type CredentialOptions, createCredentials } from './credentials.ts';
import { SignInDocument, type SignInMutation } from './generated/graphql.ts';
import type { Operation } from './open-connection.ts';
import type { HttpContext } from './send-http.ts';
import { type SendOptions, sendOperation } from './send-operation.ts';
import { createSharedConnection } from './shared-connection.ts';
import { SignalboxError, unwrap } from './signalbox-error.ts';
import { subscribe } from './subscribe.ts';

/**
 * An operation as text that carries the types of its result and its variables: what the client preset of
 * graphql-codegen makes with `documentMode: 'string'`. Plain text does as well; its result is unknown.
 */
export type TypedDocument<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { toString(): string };

/** Variables may be left out where the operation needs none. */
export type VariablesAnd<Variables, Options> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** @throws SignalboxError BAD_INPUT for a parsed document, which has no text. */
export function documentText(document: { toString(): string }): string {
  const text = document.toString();
  if (text.startsWith('[object ')) {
    throw new SignalboxError('BAD_INPUT', "The document is not text; generate it with documentMode: 'string'.");
  }
  return text;
}

const DEFAULT_TIMEOUT_MS = 120_000;

export type ClientOptions = CredentialOptions & {
  /** Of the server, without `/graphql`. In a browser it may be relative to the page: `/`. */
  readonly url: string;
  /** Milliseconds until a request without an answer is given up; 120,000 unless told. */
  readonly timeoutMs?: number;
  /** Told of each interruption of a subscription that will be bridged, and when it tries again. */
  readonly onInterrupted?: (error: SignalboxError, retryInMs: number) => void;
  /** In place of the platform's own. */
  readonly fetch?: typeof fetch;
  readonly webSocket?: typeof WebSocket;
};

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export type Session = Extract<SignInMutation['signIn'], { readonly __typename: 'Session' }>;

/** Somebody's view of one server. */
export interface Client {
  /**
   * A query or a mutation.
   * @throws SignalboxError when the response has an error; its `data` holds what did not fail. A refused mutation is no
   *   error but a result: see `unwrap`.
   */
  request<R, V>(document: TypedDocument<R, V>, ...rest: VariablesAnd<V, CallOptions>): Promise<R>;
  /**
   * The results of a subscription, as the caller pulls them. Interruptions are bridged: a subscription with a variable
   * `$after` goes on from the `cursor` of its newest result, so that every event comes once, in order.
   * It ends when the server completes it, when the signal aborts, and when the loop is left.
   * @throws SignalboxError for what another try would not change: UNAUTHENTICATED, FORBIDDEN, CURSOR_EXPIRED …
   */
  subscribe<R, V>(
    document: TypedDocument<R, V>,
    ...rest: VariablesAnd<V, CallOptions>
  ): AsyncIterableIterator<R, undefined>;
  /**
   * Signs in with a password. From then on the client sends that token, open subscriptions included; with `getToken`
   * it is for the application to keep it.
   * @throws SignalboxError UNAUTHENTICATED, THROTTLED
   */
  signIn(username: string, password: string, options?: CallOptions): Promise<Session>;
  /** Stores bytes as an artifact; streamed, so it may be large. @throws SignalboxError */
  upload(content: UploadContent, options: UploadOptions): Promise<UploadedArtifact>;
  /** The bytes of an artifact, as a response that is not read yet. @throws SignalboxError */
  download(digest: string, options?: DownloadOptions): Promise<Response>;
  /** Ends subscriptions and aborts requests; the client can do no more. Without it, a program ends seconds later. */
  close(): void;
}

export function createClient(options: ClientOptions): Client {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, onInterrupted } = options;
  const base = baseUrl(options.url);
  const credentials = createCredentials(options);
  const closing = new AbortController();
  const http: HttpContext = {
    base,
    credentials,
    fetch: options.fetch ?? ((...args) => fetch(...args)),
    closing: closing.signal,
  };
  const wire = createSharedConnection({ url: socketUrl(base), credentials, webSocket: options.webSocket ?? WebSocket });
  const send = (operation: Operation, how: Omit<SendOptions, 'timeoutMs'>) =>
    sendOperation(http, operation, { ...how, timeoutMs });

  return {
    async request<R, V>(document: TypedDocument<R, V>, ...[variables, call]: VariablesAnd<V, CallOptions>) {
      return (await send(operationOf(document, variables), { signal: call?.signal })) as R;
    },
    subscribe<R, V>(document: TypedDocument<R, V>, ...[variables, call]: VariablesAnd<V, CallOptions>) {
      const signals = call?.signal ? [closing.signal, call.signal] : [closing.signal];
      return subscribe<R>(operationOf(document, variables), { wire, signals, onInterrupted });
    },
    async signIn(username, password, call) {
      const operation = operationOf(SignInDocument, { input: { username, password } });
      const { signIn } = (await send(operation, { signal: call?.signal, anonymous: true })) as SignInMutation;
      const session = unwrap(signIn);
      credentials.store(session.token);
      wire.disconnect(new SignalboxError('UNAVAILABLE', 'Somebody signed in; going on with the new token.'));
      return session;
    },
    upload: (content, upload) => uploadArtifact(http, content, upload),
    download: (digest, download = {}) => downloadArtifact(http, digest, download),
    close() {
      const error = new SignalboxError('CANCELLED', 'The client was closed.');
      closing.abort(error);
      wire.disconnect(error);
    },
  };
}

function operationOf(document: { toString(): string }, variables: unknown): Operation {
  return { query: documentText(document), variables: { ...(variables as object) } };
}

/** The address with a slash at its end: a server may live below a path of a proxy. */
function baseUrl(url: string): URL {
  const base = new URL(url, globalThis.location?.href);
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function socketUrl(base: URL): string {
  const url = new URL('graphql', base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
