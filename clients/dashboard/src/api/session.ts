import { useSyncExternalStore } from 'react';
import { SignalboxError } from '../../../sdk/src/index.ts';
import { connection } from './connection.ts';
import { errorOf } from './content.ts';
import { BASE_PATH } from './page.ts';

const SESSION_URL = `${BASE_PATH}/session`;

let hasExpired = false;
const listeners = new Set<() => void>();

function set(expired: boolean): void {
  if (hasExpired === expired) return;
  hasExpired = expired;
  if (expired) connection.signedOut();
  else connection.signedIn();
  for (const listener of listeners) listener();
}

export type Credentials = { readonly username: string; readonly password: string } | { readonly token: string };

async function call(method: 'POST' | 'DELETE', body?: Credentials): Promise<void> {
  const response = await fetch(SESSION_URL, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new SignalboxError('UNAVAILABLE', 'The server cannot be reached. Check the network and try again.', {
      cause,
    });
  });
  if (response.ok) return;
  throw await errorOf(response);
}

/** The session of this browser. Its token is in a cookie that scripts cannot read. */
export const session = {
  async start(credentials: Credentials): Promise<void> {
    await call('POST', credentials);
    set(false);
  },
  end: (): Promise<void> => call('DELETE'),
  /** Resolves when somebody has signed in again, or the signal aborts; at once while the session lasts. */
  continued(signal?: AbortSignal): Promise<void> {
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
  },
  /** The server no longer accepts it. What is shown stays; the page asks to sign in. */
  expired: (): void => set(true),
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
