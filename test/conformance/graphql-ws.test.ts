/** The rules of `graphql-transport-ws` (PROTOCOL.md of graphql-ws 6) for a server, in the order of that document. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const QUERY = '{ viewer { username } }';
const EVENTS = 'subscription { events { cursor events { runId } } }';
const FETCH = 'mutation { fetch(input: { source: { uri: "data:,x" } }) { ... on CommandOutcome { run { id } } } }';
const SLOW = 'query ($uri: URI!) { slow: resources(uris: [$uri]) { text } }';

type Message = Readonly<Record<string, unknown>>;

let server: Server;
let token: string;
/** Answers when a test says so. */
let slow: WebServer;
let answerSlow: () => void;

beforeAll(async () => {
  slow = await startWebServer((_, res) => {
    answerSlow = () => res.end('late');
  });
  server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: slow.host } });
  token = await tokenFor('ada', { roles: ['admin'] });
});
afterAll(async () => {
  await server.stop();
  await slow.close();
});

/** A socket that nothing was said on yet. */
async function connect() {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  let pings = 0;
  return {
    socket,
    messages,
    closed,
    send,
    subscribe: (id: string, query: string, more: object = {}) =>
      send({ type: 'subscribe', id, payload: { query, ...more } }),
    /** The messages of an operation so far. */
    of: (id: string) => messages.filter((message) => message.id === id),
    /** Resolves when everything that was sent before has been read. */
    async settle() {
      const payload = { n: pings++ };
      send({ type: 'ping', payload });
      const isPong = (message: Message) => JSON.stringify(message) === JSON.stringify({ type: 'pong', payload });
      await until('it has answered', () => messages.some(isPong) || socket.readyState === WebSocket.CLOSED);
      expect(socket.readyState).toBe(WebSocket.OPEN);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** A socket whose connection is acknowledged. */
async function acknowledge() {
  const peer = await connect();
  peer.send({ type: 'connection_init', payload: { token } });
  await until('it is acknowledged', () => peer.messages.length > 0);
  expect(peer.messages).toEqual([{ type: 'connection_ack' }]);
  return peer;
}

const typesOf = (messages: readonly Message[]) => messages.map(({ type }) => type);

describe('connection_init', () => {
  it.each([
    { type: 'connection_init' },
    { type: 'connection_init', payload: null },
    { type: 'connection_init', payload: {}, unknown: 1 },
  ])('is acknowledged once: %j', async (message) => {
    using peer = await connect();
    peer.send(message);
    await peer.settle();
    await until('it is acknowledged', () => typesOf(peer.messages).includes('connection_ack'));
  });

  it('sent twice closes with 4429, also before the first is acknowledged', async () => {
    for (const peer of [await connect(), await acknowledge()]) {
      for (let i = 0; i < 2; i++) peer.send({ type: 'connection_init' });
      expect(await peer.closed).toBe(4429);
    }
  });
});

describe('ping', () => {
  it('is answered with its payload, before and after the acknowledgement', async () => {
    using early = await connect();
    early.send({ type: 'ping' });
    await until('it has answered', () => early.messages.length > 0);
    expect(early.messages).toEqual([{ type: 'pong' }]);
    using peer = await acknowledge();
    await peer.settle();
  });
});

describe('pong', () => {
  it('may come unasked', async () => {
    using peer = await connect();
    for (const payload of [undefined, null, { a: 1 }]) peer.send({ type: 'pong', payload });
    await peer.settle();
  });
});

describe('subscribe', () => {
  it('before the acknowledgement closes with 4401', async () => {
    using peer = await connect();
    peer.subscribe('1', QUERY);
    expect(await peer.closed).toBe(4401);
  });

  it('with the ID of an active operation of any kind closes with 4409', async () => {
    const operations = [
      [EVENTS, {}],
      [SLOW, { variables: { uri: `${slow.url}/4409` } }],
    ] as const;
    for (const [query, more] of operations) {
      using peer = await acknowledge();
      peer.subscribe('1', query, more);
      peer.subscribe('1', QUERY);
      expect(await peer.closed).toBe(4409);
    }
  });

  it('may use the ID of an operation that has ended, by the server or the client', async () => {
    using peer = await acknowledge();
    for (let i = 0; i < 2; i++) {
      peer.subscribe('1', QUERY);
      await until('it completes', () => peer.of('1').length === 2 * (i + 1));
    }
    peer.subscribe('2', EVENTS);
    await until('it stands', () => peer.of('2').length > 0);
    peer.send({ type: 'complete', id: '2' });
    peer.subscribe('2', QUERY);
    await until('the query completes', () => typesOf(peer.of('2')).includes('complete'));
    expect(peer.of('2').at(-2)).toEqual({ id: '2', type: 'next', payload: { data: { viewer: { username: 'ada' } } } });
  });

  it('never receives what belongs to an earlier operation with its ID', async () => {
    using peer = await acknowledge();
    peer.subscribe('1', SLOW, { variables: { uri: `${slow.url}/reused` } });
    await until('the read has begun', () => slow.hits.some((hit) => hit.endsWith('/reused')));
    peer.send({ type: 'complete', id: '1' });
    peer.subscribe('1', EVENTS);
    await until('it stands', () => peer.of('1').length > 0);
    answerSlow();
    await server.query(FETCH, {}, token);
    await until('it receives events', () => peer.of('1').length > 1);
    await peer.settle();
    expect(JSON.stringify(peer.messages)).not.toContain('late');
    expect(new Set(typesOf(peer.of('1')))).toEqual(new Set(['next']));
  });

  it('takes null for what is optional, and any ID', async () => {
    using peer = await acknowledge();
    for (const id of ['__proto__', 'constructor', ' ', 'ä"\\\n', 'x'.repeat(10_000)]) {
      peer.subscribe(id, QUERY, { operationName: null, variables: null, extensions: null });
      await until('it completes', () => peer.of(id).length === 2);
      expect(typesOf(peer.of(id))).toEqual(['next', 'complete']);
    }
  });

  it('interleaves operations of several IDs', async () => {
    using peer = await acknowledge();
    peer.subscribe('slow', SLOW, { variables: { uri: `${slow.url}/interleaved` } });
    peer.subscribe('events', EVENTS);
    peer.subscribe('query', QUERY);
    await until('the query completes', () => peer.of('query').length === 2);
    await until('the read has begun', () => slow.hits.some((hit) => hit.endsWith('/interleaved')));
    expect(peer.of('slow')).toEqual([]);
    answerSlow();
    await until('the read completes', () => peer.of('slow').length === 2);
    expect(peer.of('slow')).toMatchObject([
      { type: 'next', payload: { data: { slow: [{ text: 'late' }] } } },
      { type: 'complete' },
    ]);
    expect(typesOf(peer.of('events'))).not.toContain('complete');
  });
});

describe('error', () => {
  it.each([
    ['a document that does not parse', '{'],
    ['a document that is not valid', '{ nothing }'],
    ['variables that cannot be coerced', 'query ($i: Int!) { __typename }'],
    ['an operation that cannot be determined', 'query A { __typename } query B { __typename }'],
  ])('ends an operation for %s, and nothing follows it', async (_, query) => {
    using peer = await acknowledge();
    peer.subscribe('1', query);
    await until('it fails', () => peer.of('1').length > 0);
    await peer.settle();
    expect(peer.of('1')).toEqual([
      { id: '1', type: 'error', payload: [expect.objectContaining({ message: expect.any(String) })] },
    ]);
  });
});

describe('complete', () => {
  it('from the client ends a subscription, and nothing of it follows', async () => {
    using stopped = await acknowledge();
    using other = await acknowledge();
    for (const peer of [stopped, other]) {
      peer.subscribe('1', EVENTS);
      await until('it stands', () => peer.of('1').length > 0);
    }
    stopped.send({ type: 'complete', id: '1' });
    await stopped.settle();
    const before = stopped.of('1').length;
    const { data } = await server.query(FETCH, {}, token);
    await until('others receive it', () => JSON.stringify(other.of('1')).includes(data.fetch.run.id));
    await stopped.settle();
    expect(stopped.of('1')).toHaveLength(before);
  });

  it('from the client ends a query, whose result is not sent', async () => {
    using peer = await acknowledge();
    peer.subscribe('1', SLOW, { variables: { uri: `${slow.url}/completed` } });
    await until('the read has begun', () => slow.hits.some((hit) => hit.endsWith('/completed')));
    peer.send({ type: 'complete', id: '1' });
    await peer.settle();
    answerSlow();
    peer.subscribe('2', QUERY);
    await until('another completes', () => peer.of('2').length === 2);
    expect(peer.of('1')).toEqual([]);
  });

  it('of an operation that is unknown or has ended is ignored', async () => {
    using peer = await acknowledge();
    peer.subscribe('1', QUERY);
    await until('it completes', () => peer.of('1').length === 2);
    for (const id of ['1', 'never']) peer.send({ type: 'complete', id });
    await peer.settle();
  });
});

describe('a message that the protocol does not know', () => {
  const subscribe = (payload: unknown) => JSON.stringify({ type: 'subscribe', id: '1', payload });
  it.each([
    ...['{', 'null', '[]', '"ping"', '{}', '{"type":1}', '{"type":"unheard_of"}', '{"type":"__proto__"}'],
    ...['{"type":"ping","payload":"text"}', '{"type":"pong","payload":[]}', '{"type":"complete"}'],
    ...['{"type":"complete","id":1}', '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
    JSON.stringify({ type: 'subscribe', id: '', payload: { query: QUERY } }),
    ...['{"type":"subscribe","id":"1"}', subscribe({}), subscribe({ query: 1 })],
    ...[subscribe({ query: QUERY, variables: [] }), subscribe({ query: QUERY, operationName: 1 })],
    subscribe({ query: QUERY, extensions: 'x' }),
    ...['{"type":"connection_ack"}', '{"type":"next","id":"1","payload":{"data":null}}'],
    '{"type":"error","id":"1","payload":[{"message":"no"}]}',
  ])('closes with 4400: %s', async (text) => {
    using peer = await acknowledge();
    peer.socket.send(text);
    expect(await peer.closed).toBe(4400);
  });

  it('closes with 4400 also when it is binary', async () => {
    using peer = await acknowledge();
    peer.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await peer.closed).toBe(4400);
  });

  it('is not one whose members are unknown', async () => {
    using peer = await acknowledge();
    peer.send({ type: 'subscribe', id: '1', payload: { query: QUERY, onError: 'NULL' }, unknown: true });
    await until('it completes', () => peer.of('1').length === 2);
    expect(typesOf(peer.of('1'))).toEqual(['next', 'complete']);
  });
});

describe('a socket', () => {
  it('without the subprotocol closes with 4406', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it('uses the subprotocol when the client offers others too', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, ['graphql-ws', 'graphql-transport-ws']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('graphql-transport-ws');
    socket.terminate();
  });

  it('that its client closes with 1000 is closed with 1000', async () => {
    using peer = await acknowledge();
    peer.subscribe('1', EVENTS);
    peer.socket.close(1000);
    expect(await peer.closed).toBe(1000);
  });
});
