import type { Client } from '../create-client.ts';
import { pause } from '../transport/pause.ts';
import { retryDelayMs } from '../transport/resumption.ts';
import { asError, canContinue, type SignalboxError } from '../transport/signalbox-error.ts';
import type { OnInterrupted } from '../transport/transport.ts';
import { onNextFrame } from './on-next-frame.ts';

/** What the hooks need of a client. */
export type LiveClient = Pick<Client, 'request' | 'subscribe'>;

/** Data that follows the server. It is current unless `interrupted` or `error` is set. */
export interface Live<T> {
  /** Undefined until it is known. It stays while the connection is interrupted, and after an error. */
  readonly data: T | undefined;
  /** Why the data is not followed any more, such as NOT_FOUND, until `refresh` has read it. */
  readonly error: SignalboxError | undefined;
  /** Set while the server cannot be asked: the data is as of `since`. */
  readonly interrupted: { readonly since: Date; readonly retryAt: Date } | undefined;
  /** Reads the data again: at once while interrupted, after an error, and when a run that has ended was retried. */
  readonly refresh: () => void;
}

export interface Status {
  readonly onInterrupted: OnInterrupted;
  /** The data is known to be current. */
  readonly onCurrent: () => void;
}

/** What follows the data from one start to its stop. */
export interface Session<T> {
  readonly client: LiveClient;
  /** Aborts when nobody looks at the data any more, after an error, and before a refresh. */
  readonly signal: AbortSignal;
  show(data: T): void;
  /** Does something to its end: again after errors that may pass, with growing delays. Other errors end the session. */
  persist(work: (status: Status) => Promise<void>): Promise<void>;
}

export type Source<T> = (session: Session<T>) => void;

interface LiveStore {
  live(): Live<unknown>;
  readonly listeners: Set<() => void>;
  stop(): void;
}

export const LOADING: Live<never> = { data: undefined, error: undefined, interrupted: undefined, refresh() {} };

/** The stores in use, so that all components that show the same share one subscription. */
const storesOf = new WeakMap<LiveClient, Map<string, LiveStore>>();

/** The data as it is now. */
export function liveOf<T>(client: LiveClient, key: string): Live<T> {
  return (storesOf.get(client)?.get(key)?.live() ?? LOADING) as Live<T>;
}

/** Follows the data while it has listeners, which are called once a frame at most. Sources of equal keys must do the same. */
export function listen<T>(client: LiveClient, key: string, source: Source<T>, listener: () => void): () => void {
  const stores = storesOf.get(client) ?? new Map<string, LiveStore>();
  storesOf.set(client, stores);
  const store = stores.get(key) ?? startStore(client, source);
  stores.set(key, store);
  store.listeners.add(listener);
  return () => {
    store.listeners.delete(listener);
    // Strict mode, and another component that shows the same, listen again at once.
    setTimeout(() => {
      if (store.listeners.size > 0 || stores.get(key) !== store) return;
      stores.delete(key);
      store.stop();
    });
  };
}

function startStore<T>(client: LiveClient, source: Source<T>): LiveStore {
  const listeners = new Set<() => void>();
  let stopping = new AbortController();
  let live: Live<T> = { ...LOADING, refresh: start };
  let isScheduled = false;

  function change(changes: Partial<Live<T>>) {
    live = { ...live, ...changes };
    if (isScheduled) return;
    isScheduled = true;
    onNextFrame(() => {
      isScheduled = false;
      for (const listener of listeners) listener();
    });
  }

  function start() {
    stopping.abort();
    const session = new AbortController();
    stopping = session;
    const { signal } = session;
    const interrupted = new Set<Status>();
    const changeIfOpen: typeof change = (changes) => {
      if (!signal.aborted) change(changes);
    };

    async function persist(work: (status: Status) => Promise<void>) {
      let failures = 0;
      const status: Status = {
        onInterrupted(_, retryInMs) {
          interrupted.add(status);
          const since = live.interrupted?.since ?? new Date();
          changeIfOpen({ interrupted: { since, retryAt: new Date(Date.now() + retryInMs) } });
        },
        onCurrent() {
          failures = 0;
          interrupted.delete(status);
          if (live.interrupted && interrupted.size === 0) changeIfOpen({ interrupted: undefined });
        },
      };
      while (!signal.aborted) {
        try {
          await work(status);
          return status.onCurrent();
        } catch (thrown) {
          const error = asError(thrown);
          if (canContinue(error)) {
            failures += 1;
            const waitMs = retryDelayMs(error, failures);
            status.onInterrupted(error, waitMs);
            await pause(waitMs, signal);
          } else {
            changeIfOpen({ error });
            session.abort();
          }
        }
      }
    }

    source({ client, signal, persist, show: (data) => changeIfOpen({ data, error: undefined }) });
  }

  start();
  return { live: () => live, listeners, stop: () => stopping.abort() };
}
