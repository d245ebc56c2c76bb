import type { Credentials } from './credentials.ts';
import { type Connection, openConnection } from './open-connection.ts';
import { SignalboxError } from './signalbox-error.ts';

/** The one connection that all subscriptions of a client share, opened when it is needed. */
export interface SharedConnection {
  /**
   * The connection that is open, or a new one. When the server refuses the token, another is tried once.
   * @throws SignalboxError; UNAUTHENTICATED when there is no token that the server takes.
   */
  connect(): Promise<Connection>;
  /** Leaves the connection; its operations end with the error. After UNAUTHENTICATED the next has another token. */
  disconnect(error: SignalboxError): void;
}

export function createSharedConnection(options: {
  readonly url: string;
  readonly credentials: Credentials;
  readonly webSocket: typeof WebSocket;
}): SharedConnection {
  const { url, credentials, webSocket } = options;
  let line: Promise<Connection> | undefined;
  /** The token of the newest connection. */
  let token: string | undefined;
  /** The server has refused it. */
  let refused: SignalboxError | undefined;

  async function open(): Promise<Connection> {
    token = refused ? await another(refused) : await requestToken(() => credentials.current());
    refused = undefined;
    try {
      return await dial();
    } catch (error) {
      if (!(error instanceof SignalboxError && error.code === 'UNAUTHENTICATED')) throw error;
      token = await another(error);
      return await dial();
    }
  }

  function dial(): Promise<Connection> {
    return openConnection({ url, token, webSocket });
  }

  /** @throws the refusal, when there is no other token */
  async function another(refusal: SignalboxError): Promise<string> {
    const old = token;
    const next = await requestToken(() => (old === undefined ? credentials.current() : credentials.renew(old)));
    if (next === undefined) throw refusal;
    return next;
  }

  function connect(): Promise<Connection> {
    if (line) return line;
    const mine = open();
    const forget = (error: unknown) => {
      if (line !== mine) return;
      line = undefined;
      refused = error instanceof SignalboxError && error.code === 'UNAUTHENTICATED' ? error : undefined;
    };
    line = mine;
    mine.then(({ closed }) => closed.then(forget), forget);
    return mine;
  }

  return {
    connect,
    disconnect(error) {
      line?.then(
        (connection) => connection.close(error),
        () => {},
      );
    },
  };
}

/** What the application throws when it is asked for a token is taken for passing: it may be as cut off as we are. */
async function requestToken(token: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await token();
  } catch (cause) {
    throw cause instanceof SignalboxError ? cause : new SignalboxError('UNAVAILABLE', 'getToken failed.', { cause });
  }
}
