import { useSyncExternalStore } from 'react';

/** Whether what is shown is current. While it is interrupted, clocks stop, because nobody knows what runs. */
export type ConnectionState =
  | { readonly live: true }
  | {
      readonly live: false;
      /** The moment up to which everything is known, in milliseconds. */
      readonly since: number;
      /** When the client tries again. Undefined until somebody has signed in. */
      readonly retryAt: number | undefined;
    };

const LIVE: ConnectionState = { live: true };

let state: ConnectionState = LIVE;
let needsSignIn = false;
let hasDelivered = false;
const listeners = new Set<() => void>();

function set(next: ConnectionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function interrupt(retryAt: number): void {
  const since = state.live ? Date.now() : state.since;
  set({ live: false, since, retryAt: needsSignIn ? undefined : retryAt });
}

/** The connection to the server, as the subscription that is always open finds it. */
export const connection = {
  get: (): ConnectionState => state,
  /** It was interrupted, and will be tried again. */
  interrupted(_error: unknown, retryInMs: number): void {
    interrupt(Date.now() + retryInMs);
  },
  /** The session ended: nothing new is known before somebody has signed in and it has delivered something. */
  signedOut(): void {
    needsSignIn = true;
    // Before the first sign-in nothing is shown.
    if (hasDelivered) interrupt(Date.now());
  },
  signedIn(): void {
    needsSignIn = false;
    if (!state.live) interrupt(Date.now());
  },
  /** It delivered something. */
  delivered(): void {
    hasDelivered = true;
    if (!state.live && !needsSignIn) set(LIVE);
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.get);
}
