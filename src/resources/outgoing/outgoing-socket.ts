import type { buildConnector } from 'undici';
import { WebSocket } from 'ws';
import { abortFault } from '../../core/abort.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { connectTo } from './guarded-connector.ts';
import type { Names } from './names.ts';
import { networkFault } from './network-fault.ts';
import type { RequestOwner } from './places.ts';
import { checkHeaders } from './request-headers.ts';
import { socketMessages } from './socket-messages.ts';
import { statusFault } from './status-fault.ts';

export interface ConnectOptions {
  readonly subprotocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  readonly owner?: RequestOwner;
  /** Cuts the connection. */
  readonly signal: AbortSignal;
}

/** An open WebSocket (RFC 6455). */
export interface OutgoingSocket {
  /** Resolves when the message is sent. @throws Fault RESOURCE_UNREACHABLE */
  send(text: string): Promise<void>;
  /**
   * The incoming messages in order, to be read once; text as a string. Little more is taken from the network than is read.
   * Ends when the connection is closed. @throws Fault RESOURCE_TOO_LARGE, RESOURCE_UNREACHABLE, CANCELLED, TIMEOUT
   */
  readonly messages: AsyncIterable<string | Uint8Array>;
  /** The close code; 1006 without a closing handshake. Resolves only when the messages are read, or after `close`. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Starts the closing handshake, and terminates the connection if it is not completed within a second. */
  close(code?: number): void;
}

interface SocketDeps {
  readonly connect: buildConnector.connector;
  readonly names: Pick<Names, 'prepare'>;
  readonly version: string;
  readonly headerTimeoutMs: number;
  /** Aborts when this server stops. */
  readonly closing: AbortSignal;
}

const CLOSE_TIMEOUT_MS = 1_000;
/** RFC 6455 section 11.3.4: a token. */
const SUBPROTOCOL = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** `wss://h/p` is authorized and opened as `https://h/p`: canonical URIs do not use the schemes of WebSocket. */
export function httpUriOfWebSocket(uri: string): string {
  return uri.replace(/^wss:/i, 'https:').replace(/^ws:/i, 'http:');
}

/** See `Outgoing.connect`. */
export async function openSocket(deps: SocketDeps, to: CanonicalUri, options: ConnectOptions): Promise<OutgoingSocket> {
  const { headers = {}, subprotocol, maxMessageBytes } = options;
  checkHeaders(headers);
  if (subprotocol !== undefined && !SUBPROTOCOL.test(subprotocol)) {
    throw new Fault(
      'BAD_INPUT',
      'The subprotocol is not a token (RFC 6455 section 11.3.4). Write one name, such as "chat".',
    );
  }
  const signals = [options.signal, deps.closing];
  const connection = await deps.names.prepare(to.host, options.owner, options.signal).then(
    () => connectTo(deps.connect, to, signals),
    (error: unknown) => Promise.reject(networkFault(error, to.host)),
  );
  const socket = new WebSocket(to.href, subprotocol === undefined ? [] : [subprotocol], {
    createConnection: () => connection,
    headers: { ...headers, 'user-agent': `signalbox/${deps.version}` },
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const cut = () => socket.terminate();
  for (const signal of signals) signal.addEventListener('abort', cut, { once: true });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      for (const signal of signals) signal.removeEventListener('abort', cut);
      connection.destroy();
      resolve({ code, reason: reason.toString() });
    });
  });
  const messages = socketMessages(socket, { host: to.host, maxMessageBytes, signals });
  await waitForOpen(socket, to.host, signals, deps.headerTimeoutMs);
  return {
    send: (text) =>
      new Promise((resolve, reject) => {
        socket.send(text, (error) => (error ? reject(networkFault(error, to.host)) : resolve()));
      }),
    messages,
    closed,
    close: (code = 1000) => {
      socket.close(code);
      // The close frame comes after the messages that were not read yet.
      socket.removeAllListeners('message').resume();
      const timer = setTimeout(cut, CLOSE_TIMEOUT_MS);
      socket.once('close', () => clearTimeout(timer));
    },
  };
}

function waitForOpen(
  socket: WebSocket,
  host: string,
  signals: readonly AbortSignal[],
  timeoutMs: number,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const refuse = (fault: Fault) => {
      reject(fault);
      socket.terminate();
    };
    const timeout = new Fault('TIMEOUT', `${host} did not open the WebSocket in time. Try again later.`);
    const timer = setTimeout(refuse, timeoutMs, timeout);
    socket.once('close', () => clearTimeout(timer));
    socket.once('open', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('unexpected-response', (_, response) =>
      refuse(statusFault(host, response.statusCode ?? 0, response.headers['retry-after'])),
    );
    socket.once('error', (error) => {
      const aborted = signals.find((signal) => signal.aborted);
      reject(aborted ? abortFault(aborted) : handshakeFault(error, host));
    });
  });
}

function handshakeFault(error: Error, host: string): Fault {
  // Errors of the library itself have no code.
  if ((error as NodeJS.ErrnoException).code !== undefined) return networkFault(error, host);
  const message = `${host} did not accept the WebSocket handshake. Check the URI and the subprotocol.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { cause: error });
}
