import type { Credentials } from './credentials.ts';
import { type Connection, openConnection } from './open-connection.ts';
import { SignalboxError } from './signalbox-error.ts';

/** Ends the operations of a connection that is replaced by one with another token. They continue on that one at once. */
export const REPLACED = new SignalboxError('UNAVAILABLE', 'The client reconnects with another token.');

/** The one connection that all subscriptions of a client share. It is opened on demand. */
export interface SharedConnection {
  /**
   * Returns the open connection, or a new one. If the server refuses the token, another is tried once.
   * @throws SignalboxError; UNAUTHENTICATED if the server accepts no available token.
   */
  connect(): Promise<Connection>;
  /** Closes the connection; its operations end with the error. After UNAUTHENTICATED the next one uses another token. */
  disconnect(error: SignalboxError): void;
}

export function createSharedConnection(options: {
  readonly url: string;
  readonly credentials: Credentials;
  readonly webSocket: typeof WebSocket;
}): SharedConnection {
  const { url, credentials, webSocket } = options;
  let current: Promise<Connection> | undefined;
  /** The token of the newest connection. */
  let token: string | undefined;
  /** The error with which the server refused that token. */
  let refusal: SignalboxError | undefined;

  async function open(): Promise<Connection> {
    const refused = refusal;
    refusal = undefined;
    token = refused ? await replaceToken(refused) : await requestToken(() => credentials.current());
    try {
      return await dial();
    } catch (error) {
      if (!(error instanceof SignalboxError && error.code === 'UNAUTHENTICATED')) throw error;
      token = await replaceToken(error);
      return await dial();
    }
  }

  function dial(): Promise<Connection> {
    return openConnection({ url, token, webSocket });
  }

  /** @throws the error of the refusal if there is no other token */
  async function replaceToken(error: SignalboxError): Promise<string> {
    const old = token;
    const next = await requestToken(() => (old === undefined ? credentials.current() : credentials.renew(old)));
    if (next === undefined) throw error;
    return next;
  }

  function connect(): Promise<Connection> {
    if (current) return current;
    const connection = open();
    const forget = (error: unknown) => {
      if (current !== connection) return;
      current = undefined;
      refusal = error instanceof SignalboxError && error.code === 'UNAUTHENTICATED' ? error : undefined;
    };
    current = connection;
    connection.then(
      ({ closed }) => closed.then(forget),
      // A later attempt may succeed: without a token a cookie says who asks, and the next one may be another.
      () => {
        if (current === connection) current = undefined;
      },
    );
    return connection;
  }

  return {
    connect,
    disconnect(error) {
      current?.then(
        (connection) => connection.close(error),
        () => {},
      );
    },
  };
}

/** An error of `getToken` counts as transient: the network may be down for the application too. */
async function requestToken(token: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await token();
  } catch (cause) {
    if (cause instanceof SignalboxError) throw cause;
    throw new SignalboxError('UNAVAILABLE', 'getToken failed; `cause` is what it threw.', { cause });
  }
}
