import { useSyncExternalStore } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { connection } from './connection.ts';
import { BASE_PATH } from './page.ts';

const SESSION_URL = `${BASE_PATH}/session`;

let hasExpired = false;
/** Sessions of this page. */
let sessions = 0;
/** Subject of the user whose data the page shows. */
let user: string | undefined;
const listeners = new Set<() => void>();

function set(expired: boolean): void {
  if (hasExpired === expired) return;
  hasExpired = expired;
  if (expired) connection.signedOut();
  else connection.signedIn();
  for (const listener of listeners) listener();
}

export type Credentials = { readonly username: string; readonly password: string } | { readonly token: string };

async function call(method: 'POST' | 'DELETE', body?: Credentials): Promise<Response> {
  const response = await fetch(SESSION_URL, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new SignalboxError('UNAVAILABLE', 'The server cannot be reached. Check the network and try again.', {
      cause,
    });
  });
  if (response.ok) return response;
  throw await errorOf(response);
}

/** What the server says is wrong, as its API says it too. */
export async function errorOf(response: Response): Promise<SignalboxError> {
  const { error } = (await response.json().catch(() => ({}))) as {
    readonly error?: { readonly code: SignalboxError['code']; readonly message: string };
  };
  // The answer to HEAD has no body.
  const code = error?.code ?? (response.status === 401 ? 'UNAUTHENTICATED' : 'INTERNAL');
  return new SignalboxError(code, error?.message ?? `The server answered ${response.status}.`);
}

/** Whether it says that the session has ended. A refusal is about what was sent, such as a wrong password. */
function isEnd(error: unknown): error is SignalboxError {
  return error instanceof SignalboxError && error.code === 'UNAUTHENTICATED' && error.refusal === undefined;
}

/** What was begun in an earlier session says nothing of this one. */
function noteEnd(session: number): void {
  if (session === sessions) set(true);
}

/** Resolves when somebody has signed in again, or the signal aborts; at once while the session lasts. */
function continued(signal?: AbortSignal): Promise<void> {
  if (!hasExpired || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = () => {
      listeners.delete(check);
      resolve();
    };
    const check = () => hasExpired || stop();
    listeners.add(check);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The session of this browser. Its token is in a cookie that scripts cannot read. */
export const session = {
  /** For another user the page is loaded again: nothing that it shows, or that waits to be sent, is theirs. */
  async start(credentials: Credentials): Promise<void> {
    const response = await call('POST', credentials);
    const { principal } = (await response.json()) as { readonly principal: { readonly subject: string } };
    if (user !== undefined && principal.subject !== user) {
      window.location.reload();
      return new Promise(() => {});
    }
    sessions += 1;
    set(false);
  },
  /** Counts the sessions of this page. */
  number: () => sessions,
  async end(): Promise<void> {
    await call('DELETE');
  },
  /**
   * The result of what is sent. When the session has ended, the page asks to sign in, with all that it shows, and it is sent again: the server
   * has done nothing of it.
   */
  async during<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const sentIn = sessions;
    try {
      return await send();
    } catch (error) {
      if (!isEnd(error)) throw error;
      noteEnd(sentIn);
    }
    await continued(signal);
    signal?.throwIfAborted();
    return session.during(send, signal);
  },
  /**
   * What the server sends. When the session has ended, the page asks to sign in, and an error after which one tries again follows: what is
   * sent then continues where this stopped.
   */
  async *following<T>(
    send: () => AsyncIterableIterator<T, undefined>,
    signal?: AbortSignal,
  ): AsyncGenerator<T, undefined> {
    const begunIn = sessions;
    try {
      return yield* send();
    } catch (error) {
      if (!isEnd(error)) throw error;
      noteEnd(begunIn);
      await continued(signal);
      throw new SignalboxError('UNAVAILABLE', 'The session had ended. Try again with the new one.', { cause: error });
    }
  },
  /** Takes note of who is signed in. @throws SignalboxError UNAUTHENTICATED when nobody is any more */
  isOf(subject: string | undefined): void {
    if (subject === undefined && user !== undefined)
      throw new SignalboxError('UNAUTHENTICATED', 'Your session has ended. Sign in again.');
    user = subject;
  },
};

/** Whether the session ended while the page was open. */
export function useHasExpired(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => hasExpired,
  );
}
