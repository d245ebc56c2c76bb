import { GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, parseMessage, stringifyMessage } from 'graphql-ws/client';
import { errorOfResponse, type ResponseError, SignalboxError } from './signalbox-error.ts';

/** The server does not take the token, or no longer; 4401 says it in other servers' words. */
const TOKEN_REFUSED_CODES = [4401, 4403];
/** Both ends disagree about the protocol, a message is too big, or there is a bug: it would be the same next time. */
const PROTOCOL_ERROR_CODES = [1002, 1003, 1007, 1009, 1010, 4400, 4406, 4409, 4500];

/** What the close code of a WebSocket (RFC 6455, section 7.4; PROTOCOL.md of graphql-ws) means. Most are passing. */
export function errorOfCloseCode(code: number, reason: string): SignalboxError {
  const said = `${code}${reason && `: ${reason}`}`;
  if (TOKEN_REFUSED_CODES.includes(code))
    return new SignalboxError('UNAUTHENTICATED', `The server refused the token (${said}).`);
  if (PROTOCOL_ERROR_CODES.includes(code))
    return new SignalboxError('INTERNAL', `The server closed the connection (${said}).`);
  return new SignalboxError('UNAVAILABLE', `The connection was lost (${said}).`);
}

const CONNECT_TIMEOUT_MS = 15_000;
/** A connection on which nothing came for one to two of these is dead: the cable is out, the lid was shut. */
const PING_INTERVAL_MS = 15_000;
/** Without operations it closes, but not at once: the next one may already be on its way. */
const IDLE_TIMEOUT_MS = 1_000;

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface OperationResult {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}

export interface OperationSink {
  next(result: OperationResult): void;
  /** Called once, last: without an error when the server completed the operation. */
  end(error?: SignalboxError): void;
}

/** One WebSocket, acknowledged by the server. */
export interface Connection {
  /** Starts an operation. What it returns stops the operation; its sink hears no more then. */
  start(operation: Operation, sink: OperationSink): () => void;
  /** Every operation on it ends with the error. */
  close(error: SignalboxError): void;
  /** Resolves with the reason when it has closed, whoever closed it. */
  readonly closed: Promise<SignalboxError>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly webSocket: typeof WebSocket;
}

/**
 * Opens a connection in the graphql-transport-ws protocol (PROTOCOL.md of graphql-ws). It does not come back by itself,
 * as the client of graphql-ws does: here the operations are sent again with other variables and another token.
 * @throws SignalboxError when it closes before it is acknowledged.
 */
export function openConnection({ url, token, webSocket }: ConnectionOptions): Promise<Connection> {
  const { promise: closed, resolve: settleClosed } = Promise.withResolvers<SignalboxError>();
  return new Promise((opened, failed) => {
    const socket = new webSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
    const sinks = new Map<string, OperationSink>();
    let lastId = 0;
    let acknowledged = false;
    let heard = true;
    let isClosed = false;
    let alive: ReturnType<typeof setInterval> | undefined;
    let idle: ReturnType<typeof setTimeout> | undefined;
    const connecting = setTimeout(() => close(unavailable('The server did not answer in time.')), CONNECT_TIMEOUT_MS);

    const send = (message: Parameters<typeof stringifyMessage>[0]) => socket.send(stringifyMessage(message));

    socket.onopen = () =>
      send({
        type: MessageType.ConnectionInit,
        ...(token !== undefined && { payload: { authorization: `Bearer ${token}` } }),
      });
    // An error event is always followed by a close event, which has the code.
    socket.onclose = ({ code, reason }) => close(errorOfCloseCode(code, reason));
    socket.onmessage = ({ data }) => {
      heard = true;
      try {
        receive(parseMessage(data));
      } catch (cause) {
        close(new SignalboxError('INTERNAL', 'The server sent what is not graphql-transport-ws.', { cause }));
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
          return take(message.id)?.end(errorOfResponse(message.payload as readonly ResponseError[]));
        case MessageType.Complete:
          return take(message.id)?.end();
      }
    }

    function acknowledge() {
      acknowledged = true;
      clearTimeout(connecting);
      alive = setInterval(() => {
        if (!heard) return close(unavailable('The connection has gone silent.'));
        heard = false;
        send({ type: MessageType.Ping });
      }, PING_INTERVAL_MS);
      closeWhenIdle();
      opened({ start, close, closed });
    }

    function start({ query, variables }: Operation, sink: OperationSink) {
      if (isClosed) {
        queueMicrotask(() => sink.end(unavailable('The connection has closed.')));
        return () => {};
      }
      const id = String(++lastId);
      clearTimeout(idle);
      sinks.set(id, sink);
      send({ id, type: MessageType.Subscribe, payload: { query, variables: { ...variables } } });
      return () => {
        if (take(id)) send({ id, type: MessageType.Complete });
      };
    }

    /** An operation that is over leaves the connection, which may be its last. */
    function take(id: string) {
      const sink = sinks.get(id);
      if (sinks.delete(id)) closeWhenIdle();
      return sink;
    }

    function closeWhenIdle() {
      clearTimeout(idle);
      if (sinks.size === 0) idle = setTimeout(() => close(unavailable('The connection was idle.')), IDLE_TIMEOUT_MS);
    }

    function close(error: SignalboxError) {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(connecting);
      clearInterval(alive);
      clearTimeout(idle);
      socket.onclose = null;
      socket.onmessage = null;
      socket.close(1000);
      settleClosed(error);
      failed(error);
      const ended = [...sinks.values()];
      sinks.clear();
      for (const sink of ended) sink.end(error);
    }
  });
}

function unavailable(message: string): SignalboxError {
  return new SignalboxError('UNAVAILABLE', message);
}
