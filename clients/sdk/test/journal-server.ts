import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    ready: Boolean
  }
  type Subscription {
    events(after: String, batch: Int = 10): EventBatch!
  }
  type EventBatch {
    events: [Int!]!
    cursor: String!
    caughtUp: Boolean!
  }
`);

export interface Batch {
  readonly events: readonly number[];
  readonly cursor: string;
}

export const EVENTS_SUBSCRIPTION = `subscription ($after: String, $batch: Int) {
  events(after: $after, batch: $batch) { events cursor caughtUp }
}`;

/**
 * A fake: a journal of the numbers 1, 2, 3 … behind the true protocol on a true socket (the server of graphql-ws). It
 * replaces Signalbox where a test needs behavior that a healthy Signalbox does not show.
 */
export async function startJournalServer(options: {
  /** The subscription completes after this event. */
  readonly last?: number;
  authorize?(token: string | undefined, socket: WebSocket): boolean;
  /** Called before each batch. An error that it throws becomes the error of the subscription. */
  onPull?(position: number, socket: WebSocket): void | Promise<void>;
}) {
  const { last = Number.POSITIVE_INFINITY, authorize = () => true, onPull } = options;
  let head = 0;
  let appended = Promise.withResolvers<void>();
  /** Every subscription so far: where it starts, how many batches were pulled from it, whether it has ended. */
  const subscriptions: { after: string | undefined; pulled: number; ended: boolean }[] = [];
  const tokens: (string | undefined)[] = [];

  function read(
    { after, batch }: { after?: string; batch: number },
    socket: WebSocket,
  ): AsyncIterableIterator<unknown> {
    const subscription = { after, pulled: 0, ended: false };
    subscriptions.push(subscription);
    const stopped = Promise.withResolvers<void>();
    let position = after === undefined ? 0 : Number(after.slice(1));
    const end = () => {
      subscription.ended = true;
      stopped.resolve();
      return { done: true as const, value: undefined };
    };
    return {
      async next() {
        while (position >= head && position < last && !subscription.ended)
          await Promise.race([appended.promise, stopped.promise]);
        if (subscription.ended || position >= last) return end();
        await onPull?.(position, socket);
        const count = Math.min(batch, head - position, last - position);
        const events = Array.from({ length: count }, (_, i) => position + i + 1);
        position += count;
        subscription.pulled += 1;
        return { done: false, value: { events: { events, cursor: `c${position}`, caughtUp: position === head } } };
      },
      return: async () => end(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  const http = createServer();
  const wss = new WebSocketServer({ server: http, path: '/graphql', handleProtocols });
  const protocol = makeServer<{ authorization?: string }, { socket: WebSocket }>({
    schema,
    context: ({ extra }) => extra,
    onConnect({ connectionParams, extra }) {
      const token = connectionParams?.authorization?.replace('Bearer ', '');
      tokens.push(token);
      return authorize(token, extra.socket);
    },
  });
  wss.on('connection', (socket) => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // A closed socket is not an error here: it is what these tests are about.
        send: (text) => new Promise((resolve) => socket.send(text, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => void socket.on('message', (data) => receive(String(data))),
      },
      { socket },
    );
    socket.on('error', () => {}).on('close', (code, reason) => closed(code, String(reason)));
  });
  const fields = schema.getSubscriptionType()?.getFields();
  if (fields?.events)
    fields.events.subscribe = (_, args, ctx) => read(args as never, (ctx as { socket: WebSocket }).socket);

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    subscriptions,
    tokens,
    /** Number of open sockets. */
    open: () => wss.clients.size,
    append(count: number) {
      head += count;
      appended.resolve();
      appended = Promise.withResolvers();
    },
    async stop() {
      if (!http.listening) return;
      for (const socket of wss.clients) socket.terminate();
      wss.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** The numbers from 1 to `count`. */
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Reads the events of a subscription until its end, or until there are `max` of them. */
export async function collectEvents(
  stream: AsyncIterable<unknown>,
  max = Number.POSITIVE_INFINITY,
): Promise<readonly number[]> {
  const events: number[] = [];
  for await (const data of stream) {
    events.push(...(data as { readonly events: Batch }).events.events);
    if (events.length >= max) break;
  }
  return events;
}
