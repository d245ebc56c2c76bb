import { abortFault } from '../../core/abort.ts';
import type { ToolInfo } from '../../core/agent-session.ts';
import type { Fault } from '../../core/errors.ts';
import { isResponseTo, type RequestId, type RpcMessage, type RpcRequest, responseToServer } from './json-rpc.ts';

/** Of one message. */
export const MAX_MESSAGE_BYTES = 4 * 2 ** 20;

export interface ExchangeOptions {
  /** Stops waiting for the response. */
  readonly signal: AbortSignal;
  /** Version of the protocol that was agreed on. */
  readonly version?: string | undefined;
  /** The tool that is called. */
  readonly tool?: ToolInfo | undefined;
  /** Called with each notification that arrives before the response. */
  onNotification?(message: RpcMessage): void;
}

/** Exchanges messages with an MCP server. */
export interface McpTransport {
  /** Sends a request and waits for its response. @throws Fault, SessionLost, RpcResponseError */
  exchange(request: RpcRequest, options: ExchangeOptions): Promise<RpcMessage>;
  /** Sends a notification. @throws as `exchange` */
  notify(message: RpcMessage, options: ExchangeOptions): Promise<void>;
  /** Closes both sides, within a second. */
  close(): Promise<void>;
}

/** The server has forgotten the session; the request was not served. */
export class SessionLost extends Error {}

/** A transport over one stream of messages in each direction. */
export interface DuplexTransport extends McpTransport {
  /** Passes on a message of the server. */
  receive(message: RpcMessage): void;
  /** No more messages arrive. */
  fail(why: Fault): void;
}

/** @param send rejects with a Fault */
export function createDuplexTransport(
  send: (message: RpcMessage, signal?: AbortSignal) => Promise<void>,
  close: () => Promise<void>,
): DuplexTransport {
  const pending = new Map<RequestId, ExchangeOptions & { readonly resolve: (response: RpcMessage) => void }>();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});

  return {
    async exchange(request, options) {
      const { promise, resolve } = Promise.withResolvers<RpcMessage>();
      pending.set(request.id, { ...options, resolve });
      try {
        // A response may arrive before the end of the request that asked for it.
        const sent = send(request, options.signal).then(() => promise);
        return await orAbort(options.signal, [broken.promise, promise, sent]);
      } finally {
        pending.delete(request.id);
      }
    },
    notify: (message, { signal }) => orAbort(signal, [broken.promise, send(message, signal)]),
    close,
    receive(message) {
      const response = responseToServer(message);
      if (response) return void send(response).catch(() => {});
      for (const [id, { resolve, onNotification }] of pending) {
        if (isResponseTo(message, id)) return resolve(message);
        if (message.method !== undefined) onNotification?.(message);
      }
    },
    fail: (why) => broken.reject(why),
  };
}

/** The first of these, or the reason of the signal. @throws Fault */
function orAbort<T>(signal: AbortSignal, promises: readonly Promise<T>[]): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(abortFault(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, ...promises]).finally(() => signal.removeEventListener('abort', onAbort));
}
