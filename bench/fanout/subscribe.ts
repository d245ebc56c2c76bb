import WebSocket from 'ws';

const DOCUMENT = 'subscription { events { events { cursor seq type at runId } cursor } }';

/** What one subscriber has received. */
export interface Subscriber {
  /** `runId/seq`, in order of arrival. */
  readonly events: string[];
  /** Milliseconds from the time of the event to its arrival. */
  readonly delays: number[];
  /** When each arrived, in milliseconds since the start of the process. */
  readonly arrivals: number[];
}

/** Speaks graphql-transport-ws directly, so that the client costs as little as possible. Resolves when it is subscribed. */
export async function subscribe(url: string, token: string): Promise<Subscriber> {
  const seen: Subscriber = { events: [], delays: [], arrivals: [] };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { promise, resolve, reject } = Promise.withResolvers<Subscriber>();
  socket.on('error', reject);
  socket.on('close', (code) => reject(new Error(`the server closed a subscriber with ${code}`)));
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } })),
  );
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'ping') socket.send('{"type":"pong"}');
    if (message.type === 'connection_ack') {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: DOCUMENT } }));
    }
    if (message.type !== 'next') return;
    // The first batch is empty and has the cursor of "now".
    resolve(seen);
    const now = Date.now();
    const arrival = performance.now();
    for (const { runId, seq, at } of message.payload.data.events.events) {
      seen.events.push(`${runId}/${seq}`);
      seen.delays.push(now - Date.parse(at));
      seen.arrivals.push(arrival);
    }
  });
  return promise;
}
