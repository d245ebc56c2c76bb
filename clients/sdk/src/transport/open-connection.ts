import { GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, parseMessage, stringifyMessage } from 'graphql-ws/client';
import { errorOfResponse, type ResponseError, SignalboxError } from './signalbox-error.ts';

/** The server does not accept the token, or no longer does. Signalbox closes with 4403, other servers with 4401. */
const TOKEN_REFUSED_CODES = [4401, 4403];
/** A protocol violation, a message that is too large, or a bug: a retry would fail in the same way. */
const PROTOCOL_ERROR_CODES = [1002, 1003, 1007, 1009, 1010, 4400, 4406, 4409, 4500];

/** The error for the close code of a WebSocket (RFC 6455, section 7.4; PROTOCOL.md of graphql-ws). Most are transient. */
function errorOfCloseCode(code: number, reason: string): SignalboxError {
  const closeReason = `${code}${reason && `: ${reason}`}`;
  if (TOKEN_REFUSED_CODES.includes(code))
    return new SignalboxError('UNAUTHENTICATED', `The server refused the token (${closeReason}).`);
  if (PROTOCOL_ERROR_CODES.includes(code))
    return new SignalboxError('INTERNAL', `The server closed the connection (${closeReason}).`);
  return new SignalboxError('UNAVAILABLE', `The connection was lost (${closeReason}).`);
}

const CONNECT_TIMEOUT_MS = 15_000;
/** A connection that delivers nothing for one to two intervals is dead: the network is gone, or the computer slept. */
const PING_INTERVAL_MS = 15_000;
/** How long a connection without operations stays open for the next one. */
const IDLE_TIMEOUT_MS = 1_000;

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface OperationResult {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}

interface OperationSink {
  next(result: OperationResult): void;
  /** Called once, last: without an error when the server completed the operation. */
  end(error?: SignalboxError): void;
}

/** One WebSocket, acknowledged by the server. */
export interface Connection {
  /** Starts an operation. Returns a function that stops it; its sink is then no longer called. */
  start(operation: Operation, sink: OperationSink): () => void;
  /** Ends every operation on it with the error. */
  close(error: SignalboxError): void;
  /** Resolves with the reason when it has closed, on either side. */
  readonly closed: Promise<SignalboxError>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly webSocket: typeof WebSocket;
}

/**
 * Opens a connection in the graphql-transport-ws protocol (PROTOCOL.md of graphql-ws). It does not reconnect, as the
 * client of graphql-ws does: here operations are sent again with other variables and another token.
 * @throws SignalboxError if it closes before it is acknowledged.
 */
export function openConnection({ url, token, webSocket }: ConnectionOptions): Promise<Connection> {
  const { promise: closed, resolve: settleClosed } = Promise.withResolvers<SignalboxError>();
  return new Promise((resolve, reject) => {
    const socket = new webSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    const sinks = new Map<string, OperationSink>();
    let lastId = 0;
    let acknowledged = false;
    let isAlive = true;
    let isClosed = false;
    let pingTimer: ReturnType<typeof setInterval> | undefined;
    let idleTimer: ReturnType<typeof setTimeout> | undefined;
    const connectTimer = setTimeout(
      () => close(unavailable(`The server did not accept the connection within ${CONNECT_TIMEOUT_MS} ms.`)),
      CONNECT_TIMEOUT_MS,
    );

    const send = (message: Parameters<typeof stringifyMessage>[0]) => socket.send(stringifyMessage(message));

    socket.onopen = () =>
      send({
        type: MessageType.ConnectionInit,
        ...(token !== undefined && { payload: { authorization: `Bearer ${token}` } }),
      });
    // An error event is always followed by a close event, which has the code.
    socket.onclose = ({ code, reason }) => close(errorOfCloseCode(code, reason));
    socket.onmessage = ({ data }) => {
      isAlive = true;
      try {
        receive(parseMessage(data));
      } catch (cause) {
        close(
          new SignalboxError(
            'INTERNAL',
            'The server sent a message that is not graphql-transport-ws. Check that the URL is that of a Signalbox server.',
            { cause },
          ),
        );
      }
    };

    function receive(message: ReturnType<typeof parseMessage>) {
      switch (message.type) {
        case MessageType.ConnectionAck:
          if (!acknowledged) acknowledge();
          return;
        case MessageType.Ping:
          return send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
        case MessageType.Next:
          return sinks.get(message.id)?.next(message.payload as OperationResult);
        case MessageType.Error:
          return remove(message.id)?.end(errorOfResponse(message.payload as readonly ResponseError[]));
        case MessageType.Complete:
          return remove(message.id)?.end();
      }
    }

    function acknowledge() {
      acknowledged = true;
      clearTimeout(connectTimer);
      pingTimer = setInterval(() => {
        if (!isAlive) return close(unavailable(`The server sent nothing for ${PING_INTERVAL_MS} ms.`));
        isAlive = false;
        send({ type: MessageType.Ping });
      }, PING_INTERVAL_MS);
      closeWhenIdle();
      resolve({ start, close, closed });
    }

    function start({ query, variables }: Operation, sink: OperationSink) {
      if (isClosed) {
        queueMicrotask(() => sink.end(unavailable('The connection has closed.')));
        return () => {};
      }
      const id = String(++lastId);
      clearTimeout(idleTimer);
      sinks.set(id, sink);
      send({ id, type: MessageType.Subscribe, payload: { query, variables: { ...variables } } });
      return () => {
        if (remove(id)) send({ id, type: MessageType.Complete });
      };
    }

    /** Removes an operation that has ended; the connection closes when it was the last one. */
    function remove(id: string) {
      const sink = sinks.get(id);
      if (sinks.delete(id)) closeWhenIdle();
      return sink;
    }

    function closeWhenIdle() {
      clearTimeout(idleTimer);
      if (sinks.size === 0)
        idleTimer = setTimeout(() => close(unavailable('The connection was idle.')), IDLE_TIMEOUT_MS);
    }

    function close(error: SignalboxError) {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(connectTimer);
      clearInterval(pingTimer);
      clearTimeout(idleTimer);
      socket.onclose = null;
      socket.onmessage = null;
      socket.close(1000);
      settleClosed(error);
      reject(error);
      const endedSinks = [...sinks.values()];
      sinks.clear();
      for (const sink of endedSinks) sink.end(error);
    }
  });
}

function unavailable(message: string): SignalboxError {
  return new SignalboxError('UNAVAILABLE', message);
}
