import { RenewSessionDocument, SignInDocument, type SignInMutation } from './generated/graphql.ts';
import { type Approvals, createApprovals } from './resources/approvals.ts';
import { type Commands, createCommands } from './resources/commands.ts';
import { createEvents, type EventsOptions } from './resources/events.ts';
import { createWorkflowOf, type WorkflowOf } from './resources/named-workflow.ts';
import type { Event } from './resources/run-events.ts';
import { createRuns, type Runs } from './resources/runs.ts';
import { createWorkflows, type Workflows } from './resources/workflows.ts';
import {
  type DownloadOptions,
  downloadArtifact,
  type UploadContent,
  type UploadedArtifact,
  type UploadOptions,
  uploadArtifact,
} from './transport/artifacts.ts';
import { type CredentialOptions, createCredentials } from './transport/credentials.ts';
import type { Operation } from './transport/open-connection.ts';
import { createRenewal, type ExpiringToken } from './transport/renewal.ts';
import type { HttpContext } from './transport/send-http.ts';
import { type SendOptions, sendOperation } from './transport/send-operation.ts';
import { createSharedConnection, REPLACED } from './transport/shared-connection.ts';
import { SignalboxError, unwrap } from './transport/signalbox-error.ts';
import { subscribe } from './transport/subscribe.ts';
import type {
  CallOptions,
  OnInterrupted,
  SubscribeOptions,
  Transport,
  TypedDocument,
  VariablesAnd,
} from './transport/transport.ts';

/** @throws SignalboxError BAD_INPUT for a parsed document, which has no text. */
function documentText(document: { toString(): string }): string {
  const text = document.toString();
  if (text.startsWith('[object ')) {
    throw new SignalboxError(
      'BAD_INPUT',
      "The document is a parsed object, and the client sends text. Generate it with documentMode: 'string'.",
    );
  }
  return text;
}

const DEFAULT_TIMEOUT_MS = 120_000;

export type ClientOptions = CredentialOptions & {
  /** URL of the server, without `/graphql`. In a browser it may be relative to the page: `/`. */
  readonly url: string;
  /** Timeout of a request in milliseconds, and how long one with an idempotency key is repeated. Default 120,000. */
  readonly timeoutMs?: number;
  /** Called when a subscription is interrupted and will reconnect, with the delay before the next attempt. */
  readonly onInterrupted?: OnInterrupted;
  /** Replacement for the platform's implementation. */
  readonly fetch?: typeof fetch;
  readonly webSocket?: typeof WebSocket;
};

export type Session = Extract<SignInMutation['signIn'], { readonly __typename: 'Session' }>;

/** A client of one server, for one user. */
export interface Client extends Transport {
  readonly runs: Runs;
  readonly commands: Commands;
  readonly approvals: Approvals;
  readonly workflows: Workflows;
  readonly workflow: WorkflowOf;
  /** The events of every run that you may see, each once and in order, until you stop. */
  events(options?: EventsOptions): AsyncIterableIterator<Event, undefined>;
  /**
   * Signs in with a password. The client then uses the new token, also for open subscriptions, and renews it before it ends. With
   * `getToken`, the application must keep the token.
   * @throws SignalboxError UNAUTHENTICATED, THROTTLED
   */
  signIn(username: string, password: string, options?: CallOptions): Promise<Session>;
  /** Stores bytes as an artifact. They are streamed, so they may be large. @throws SignalboxError */
  upload(content: UploadContent, options: UploadOptions): Promise<UploadedArtifact>;
  /** Returns the bytes of an artifact as an unread response. @throws SignalboxError */
  download(digest: string, options?: DownloadOptions): Promise<Response>;
  /** Ends subscriptions and aborts requests; the client is unusable afterwards. Without it, a program exits seconds later. */
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
  const connection = createSharedConnection({
    url: socketUrl(base),
    credentials,
    webSocket: options.webSocket ?? WebSocket,
  });
  const send = (operation: Operation, call: Omit<SendOptions, 'timeoutMs'>) =>
    sendOperation(http, operation, { ...call, timeoutMs });

  const transport: Transport = {
    async request<R, V>(document: TypedDocument<R, V>, ...[variables, call]: VariablesAnd<V, CallOptions>) {
      return (await send(operationOf(document, variables), { signal: call?.signal })) as R;
    },
    subscribe<R, V>(document: TypedDocument<R, V>, ...[variables, call]: VariablesAnd<V, SubscribeOptions>) {
      const signals = call?.signal ? [closing.signal, call.signal] : [closing.signal];
      const notify: OnInterrupted = (...interruption) => {
        onInterrupted?.(...interruption);
        call?.onInterrupted?.(...interruption);
      };
      return subscribe<R>(operationOf(document, variables), { connection, signals, onInterrupted: notify });
    },
  };
  /** From now on, for open subscriptions too. */
  function switchTo({ token }: ExpiringToken) {
    credentials.store(token);
    connection.disconnect(REPLACED);
  }
  const keepRenewed = createRenewal({
    async renew() {
      const { renewSession } = await transport.request(RenewSessionDocument);
      return renewSession.__typename === 'Session' ? renewSession : undefined;
    },
    onRenewed: switchTo,
    closing: closing.signal,
  });
  const { token, expiresAt } = options;
  if (token !== undefined && expiresAt !== undefined) keepRenewed({ token, expiresAt });

  const ctx = { ...transport, timeoutMs, closing: closing.signal };
  const runs = createRuns(ctx);

  return {
    ...transport,
    runs,
    commands: createCommands(ctx),
    approvals: createApprovals(ctx),
    workflows: createWorkflows(ctx),
    workflow: createWorkflowOf(runs),
    events: createEvents(ctx),
    async signIn(username, password, call) {
      const operation = operationOf(SignInDocument, { input: { username, password } });
      const { signIn } = (await send(operation, { signal: call?.signal, anonymous: true })) as SignInMutation;
      const session = unwrap(signIn);
      switchTo(session);
      if (!options.getToken) keepRenewed(session);
      return session;
    },
    upload: (content, upload) => uploadArtifact(http, content, upload),
    download: (digest, download = {}) => downloadArtifact(http, digest, download),
    close() {
      const error = new SignalboxError('CANCELLED', 'The client is closed. Create another one to send requests.');
      closing.abort(error);
      connection.disconnect(error);
    },
  };
}

function operationOf(document: { toString(): string }, variables: unknown): Operation {
  return { query: documentText(document), variables: { ...(variables as object) } };
}

/** The URL with a trailing slash: a proxy may serve the server below a path. */
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
