import { WebSocket } from 'ws';
import type { Server } from './server.ts';
import { until } from './until.ts';

export interface ReceivedEvent {
  readonly cursor: string;
  readonly runId: string;
  readonly seq: number;
  readonly type: string;
  readonly hash: string;
  /** Other selected fields. */
  readonly [field: string]: unknown;
}

/** A subscription to one field of event batches. */
export interface EventSubscription {
  /** Every event so far, in order of arrival. */
  readonly events: readonly ReceivedEvent[];
  /** The cursor of the last batch. */
  readonly cursor: string | undefined;
  /** Set when the server completed the operation; contains its errors, if it failed. */
  readonly completed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  readonly errors: readonly any[];
  /** Waits for that many events. */
  upTo(count: number, ms?: number): Promise<readonly ReceivedEvent[]>;
}

/** A subscription to any other field. */
interface AnySubscription {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  readonly results: readonly any[];
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  readonly errors: readonly any[];
}

export interface Socket extends AsyncDisposable {
  readonly socket: WebSocket;
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  watch(document: string, variables?: object): EventSubscription;
  watchAny(document: string, variables?: object): AnySubscription;
}

/** A socket that speaks `graphql-transport-ws` and does not reconnect: tests check what arrives, and when. */
export async function openSocket(
  server: Pick<Server, 'url'>,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Socket> {
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const receivers = new Map<string, (message: Message) => void>();
  let acknowledged = false;
  // The close event reports the same.
  socket.on('error', () => {});
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: token === '' ? {} : { token } })),
  );
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.type === 'connection_ack') acknowledged = true;
    else receivers.get(message.id ?? '')?.(message);
  });
  await until('the socket is open', () => acknowledged || socket.readyState === WebSocket.CLOSED);
  if (!acknowledged) throw new Error(`the server closed the socket with ${await closed}`);

  return {
    socket,
    closed,
    watchAny(document, variables = {}) {
      const id = String(receivers.size + 1);
      const seen = { results: [] as unknown[], errors: [] as unknown[] };
      receivers.set(id, ({ type, payload }) => {
        if (type === 'error') seen.errors.push(...(payload as unknown[]));
        if (type !== 'next') return;
        const { data, errors = [] } = payload as NextPayload;
        seen.errors.push(...errors);
        if (data) seen.results.push(data);
      });
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: document, variables } }));
      return seen;
    },
    watch(document, variables = {}) {
      const id = String(receivers.size + 1);
      const seen = { events: [] as ReceivedEvent[], errors: [] as unknown[] };
      let cursor: string | undefined;
      let completed = false;
      receivers.set(id, ({ type, payload }) => {
        if (type === 'complete') completed = true;
        else if (type === 'error') seen.errors.push(...(payload as unknown[]));
        else {
          const { data = {}, errors = [] } = payload as NextPayload;
          seen.errors.push(...errors);
          for (const batch of Object.values(data)) {
            seen.events.push(...batch.events);
            cursor = batch.cursor;
          }
        }
        completed ||= type === 'error';
      });
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: document, variables } }));
      return {
        ...seen,
        get cursor() {
          return cursor;
        },
        get completed() {
          return completed;
        },
        async upTo(count, ms) {
          await until(`${count} events have arrived`, () => seen.events.length >= count, ms).catch((error: Error) => {
            throw new Error(`${error.message}; there are ${seen.events.length}`);
          });
          return seen.events;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

interface NextPayload {
  readonly data?: Readonly<Record<string, { readonly events: readonly ReceivedEvent[]; readonly cursor: string }>>;
  readonly errors?: readonly unknown[];
}
