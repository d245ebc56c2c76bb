import { useSyncExternalStore } from 'react';

/** Whether what is shown is current. While it is interrupted, clocks stop, because nobody knows what runs. */
export type ConnectionState =
  | { readonly live: true }
  | {
      readonly live: false;
      /** The moment up to which everything is known, in milliseconds. */
      readonly since: number;
      /** When the client tries again. */
      readonly retryAt: number;
    };

const LIVE: ConnectionState = { live: true };

let state: ConnectionState = LIVE;
const listeners = new Set<() => void>();

function set(next: ConnectionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** The connection to the server, as the subscriptions of this page find it. */
export const connection = {
  get: (): ConnectionState => state,
  /** A subscription was interrupted, and will be tried again. */
  interrupted(_error: unknown, retryInMs: number): void {
    const now = Date.now();
    set({ live: false, since: state.live ? now : state.since, retryAt: now + retryInMs });
  },
  /** A subscription delivered something. */
  delivered(): void {
    if (!state.live) set(LIVE);
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.get);
}
