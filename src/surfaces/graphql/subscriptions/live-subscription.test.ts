import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../test/support/surfaces/graphql-server.ts';
import type { Principal } from '../../../core/principal.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

interface Seen {
  readonly cursor: string;
  readonly caughtUp: boolean;
  readonly events: readonly {
    readonly runId: string;
    readonly seq: number;
    readonly text?: string;
    readonly to?: string;
  }[];
}

const FIELDS = 'cursor caughtUp events { cursor runId seq type ... on LogLine { text } ... on RunStateChanged { to } }';
const EVENTS = `subscription ($filter: EventFilter, $after: Cursor, $batch: Int) { events(filter: $filter, after: $after, batch: $batch) { ${FIELDS} } }`;
const RUN_EVENTS = `subscription ($id: ID!, $after: Cursor, $batch: Int) { runEvents(runId: $id, after: $after, batch: $batch) { ${FIELDS} } }`;

/** Batches until `enough` of what was seen, or until the end. */
async function follow(
  client: Client,
  query: string,
  variables: Record<string, unknown>,
  enough: (seqs: readonly number[]) => boolean = () => false,
  onBatch: (batch: Seen) => void = () => {},
): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for await (const { data, errors } of client.iterate<Record<string, Seen>>({ query, variables })) {
    if (errors) throw Object.assign(new Error('subscription failed'), { errors });
    const batch = Object.values(data ?? {})[0] as Seen;
    seen.push(batch);
    onBatch(batch);
    if (enough(seqsOf(seen))) break;
  }
  return seen;
}

const adminUntil = (ms: number) => ({ ...(api.tokens.get(ADMIN) as Principal), expiresAt: new Date(Date.now() + ms) });

const seqsOf = (seen: readonly Seen[]) => seen.flatMap(({ events }) => events.map(({ seq }) => seq));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('a subscription over WebSocket', () => {
  it('to a run begins with its first event and completes after its last', async () => {
    const id = await api.appendRun(250);
    const seen = await follow(api.client(), RUN_EVENTS, { id, batch: 100 });
    expect(seqsOf(seen)).toEqual(upTo(253));
    expect(Math.max(...seen.map(({ events }) => events.length))).toBe(100);
    const after = seen[1]?.cursor;
    expect(seqsOf(await follow(api.client(), RUN_EVENTS, { id, after }))).toEqual(upTo(253).slice(200));
    expect(await follow(api.client(), RUN_EVENTS, { id, after: seen.at(-1)?.cursor })).toEqual([]);
  });

  it('to a run that is under way goes on live until it ends', async () => {
    const id = await api.appendRun(1, { end: false });
    const seqs: number[] = [];
    const done = follow(api.client(), RUN_EVENTS, { id }, undefined, ({ events }) =>
      seqs.push(...events.map((e) => e.seq)),
    );
    await vi.waitFor(() => expect(seqs).toEqual([1, 2, 3]));
    const at = new Date();
    await api.app.journal.append(id, 4, [{ type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: 'live' } }]);
    await vi.waitFor(() => expect(seqs).toEqual([1, 2, 3, 4]));
    await api.app.journal.append(id, 5, [
      { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
    ]);
    expect(seqsOf(await done)).toEqual([1, 2, 3, 4, 5]);
  });

  it('to everything begins now, unless it is given a cursor', async () => {
    const before = await api.appendRun(1);
    const client = api.client();
    let ready = () => {};
    const caughtUp = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const live = follow(
      client,
      EVENTS,
      {},
      (seqs) => seqs.length >= 4,
      ({ caughtUp }) => caughtUp && ready(),
    );
    await caughtUp;
    const after = await api.appendRun(1);
    const runs = new Set((await live).flatMap(({ events }) => events.map(({ runId }) => runId)));
    expect(runs).toEqual(new Set([after]));
    const begin = await api.ask('{ events(first: 1) { cursor } }');
    const all = await follow(
      client,
      EVENTS,
      { after: begin.data.events.cursor, filter: { runId: before } },
      (s) => s.length >= 4,
    );
    expect(seqsOf(all)).toEqual(upTo(4));
  });

  it('that is cut off goes on from its cursor without gap or repeat', async () => {
    const id = await api.appendRun(0, { end: false });
    const lines = 60;
    const at = new Date();
    const writing = (async () => {
      for (let i = 0; i < lines; i++) {
        await api.app.journal.append(id, 3 + i, [
          { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: `${i}` } },
        ]);
      }
      await api.app.journal.append(id, 3 + lines, [
        { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'FAILED' } },
      ]);
    })();
    const seqs: number[] = [];
    let after: string | undefined;
    while (seqs.at(-1) !== lines + 3) {
      const client = api.client();
      let batches = 0;
      await follow(
        client,
        RUN_EVENTS,
        { id, after, batch: 3 },
        () => ++batches > 4,
        (batch) => {
          seqs.push(...batch.events.map(({ seq }) => seq));
          after = batch.cursor;
        },
      );
      client.terminate();
    }
    await writing;
    expect(seqs).toEqual(upTo(lines + 3));
  });

  it('shows each caller only what they may see, also when they share everything else', async () => {
    const filter = { types: ['RUN_CREATED'] };
    const { data } = await api.ask('{ events(first: 1000) { cursor } }');
    const watch = async (token: string, runs: number) => {
      const seen = await follow(
        api.client(token),
        EVENTS,
        { filter, after: data.events.cursor },
        (s) => s.length >= runs,
      );
      return seen.flatMap(({ events }) => events.map(({ runId }) => runId));
    };
    const watching = Promise.all([watch(ADMIN, 3), watch(ALICE, 1), watch(BOB, 1), watch(ADMIN, 3)]);
    const alice = await api.appendRun(0, { username: 'alice' });
    const bob = await api.appendRun(0, { username: 'bob' });
    await api.appendRun(0, { username: 'carol', tenant: 'other' });
    const admin = await api.appendRun(0);
    expect(await watching).toEqual([[alice, bob, admin], [alice], [bob], [alice, bob, admin]]);
  });

  it('to a run that one may not see, or a page that is too large, is refused', async () => {
    const id = await api.appendRun(0);
    const failure = async (token: string, variables: Record<string, unknown>) => {
      const errors = await follow(api.client(token), RUN_EVENTS, variables).catch((e) => e.errors ?? e);
      return errors[0].extensions.code;
    };
    expect(await failure(BOB, { id })).toBe('NOT_FOUND');
    expect(await failure(ADMIN, { id, batch: 1_001 })).toBe('BAD_INPUT');
    expect(await failure('', { id })).toBe('UNAUTHENTICATED');
    expect(api.subscriptions.open).toBe(0);
  });

  it('is left behind with nothing: no timer, no reader', async () => {
    const client = api.client();
    const stop = client.subscribe({ query: EVENTS }, { next: () => {}, error: () => {}, complete: () => {} });
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(1));
    stop();
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(0));
    client.subscribe({ query: EVENTS }, { next: () => {}, error: () => {}, complete: () => {} });
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(1));
    client.terminate();
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(0));
  });
});

describe('a reader that stops reading while 100,000 events pass', () => {
  const EVENTS_IN_ALL = 100_000;
  const AT_ONCE = 1_000;

  it('costs nothing but its place: little waits for it, nobody else is slowed, and later it gets everything', async () => {
    const id = await api.appendRun(0, { end: false });
    const counted = (socket: WebSocket) => {
      const count = { events: 0, gaps: 0, last: 0 };
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data));
        if (type === 'connection_ack') {
          socket.send(
            JSON.stringify({ type: 'subscribe', id: '1', payload: { query: RUN_EVENTS, variables: { id } } }),
          );
        }
        for (const { seq } of payload?.data?.runEvents.events ?? []) {
          if (seq !== count.last + 1) count.gaps += 1;
          count.last = seq;
          count.events += 1;
        }
      });
      return count;
    };
    const connect = async () => {
      const socket = api.socket();
      const count = counted(socket);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { token: ADMIN } }));
      await vi.waitFor(() => expect(count.events).toBe(2));
      return { socket, count };
    };
    const slow = await connect();
    const fast = await connect();
    slow.socket.pause();

    let waiting = 0;
    const at = new Date();
    for (let seq = 3; seq < EVENTS_IN_ALL; seq += AT_ONCE) {
      const line = { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: 'x'.repeat(100) } } as const;
      await api.app.journal.append(id, seq, Array(AT_ONCE).fill(line));
      waiting = Math.max(waiting, ...[...api.connections].map(({ writableLength }) => writableLength));
    }
    await vi.waitFor(
      () => expect(fast.count).toEqual({ events: EVENTS_IN_ALL + 2, gaps: 0, last: EVENTS_IN_ALL + 2 }),
      10_000,
    );
    expect(waiting).toBeLessThan(512 * 1024);
    expect(slow.count.events).toBeLessThan(EVENTS_IN_ALL);

    slow.socket.resume();
    await vi.waitFor(() => expect(slow.count).toEqual(fast.count), 10_000);
    slow.socket.close();
    fast.socket.close();
  });
});

describe('a socket', () => {
  const open = async (init: object = { Authorization: `Bearer ${ADMIN}` }, headers = {}) => {
    const socket = api.socket(headers);
    const messages: { type: string; id?: string; payload?: unknown }[] = [];
    const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)] as const);
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: init }));
    await Promise.race([closed, once(socket, 'message')]);
    return { socket, messages, closed };
  };
  const subscribe = (socket: WebSocket, id: string, query: string, variables = {}) =>
    socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query, variables } }));

  it('runs queries and mutations with the same limits and errors', async () => {
    const { socket, messages } = await open({ token: ADMIN });
    subscribe(
      socket,
      '1',
      'mutation { convertToBase64(input: { source: { text: { text: "a" } } }) { ... on CommandOutcome { resource { text } } } }',
    );
    subscribe(socket, '2', `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: health { status }`).join(' ')} }`);
    subscribe(socket, '3', '{ nothing }');
    subscribe(socket, '4', '{ run(id: "x") { id } verifyRun(id: "x") { valid } }');
    subscribe(socket, '5', '{ health');
    await vi.waitFor(() =>
      expect(messages.filter(({ type }) => type === 'complete' || type === 'error')).toHaveLength(5),
    );
    const of = (id: string) => messages.filter((m) => m.id === id).map(({ type, payload }) => ({ type, payload }));
    expect(of('1')[0]?.payload).toMatchObject({ data: { convertToBase64: { resource: { text: 'YQ==' } } } });
    expect(of('2')).toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'TOO_COSTLY' } }] }]);
    expect(of('3')).toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'BAD_INPUT' } }] }]);
    expect(of('4')[0]?.payload).toMatchObject({
      data: null,
      errors: [{ path: ['verifyRun'], extensions: { code: 'NOT_FOUND' } }],
    });
    expect(of('5')).toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'BAD_INPUT' } }] }]);
    expect(JSON.stringify(messages)).not.toContain('"http"');
    socket.close();
  });

  it('takes its token from connection_init, otherwise from the handshake', async () => {
    const { socket, messages } = await open({}, { authorization: `Bearer ${BOB}` });
    subscribe(socket, '1', '{ viewer { username } }');
    await vi.waitFor(() => expect(messages.at(-1)?.type).toBe('complete'));
    expect(messages.at(-2)?.payload).toEqual({ data: { viewer: { username: 'bob' } } });
    socket.close();
  });

  it('with a wrong token is closed with the reason', async () => {
    const { closed, messages } = await open({ token: 'wrong' });
    expect((await closed)[0]).toBe(4403);
    expect(messages).toEqual([]);
  });

  it('closes when its token expires, so that the client comes back with a new one and loses nothing', async () => {
    const token = (name: string, ms: number) => api.tokens.set(name, adminUntil(ms));
    token('short', 400);
    token('long', 60_000);
    const id = await api.appendRun(0, { end: false });
    const closes: unknown[] = [];
    let connections = 0;
    const client = api.client(ADMIN, {
      connectionParams: () => ({ token: connections++ === 0 ? 'short' : 'long' }),
      retryAttempts: 2,
      retryWait: async () => {},
      on: { closed: (event) => closes.push([(event as CloseEvent).code, (event as CloseEvent).reason]) },
    });
    const seqs: number[] = [];
    const done = follow(
      client,
      RUN_EVENTS,
      { id },
      (s) => s.includes(3),
      ({ events }) => seqs.push(...events.map((e) => e.seq)),
    );
    await vi.waitFor(() => expect(connections).toBe(2), 5_000);
    await api.app.journal.append(id, 3, [
      { type: 'LOG', at: new Date(), step: 'fetch', payload: { level: 'INFO', text: 'later' } },
    ]);
    await done;
    expect(closes[0]).toEqual([4403, 'token expired']);
    expect(seqs).toContain(3);
  });

  it('is bounded: in what a message may have, and in how many operations are under way', async () => {
    const { socket, messages, closed } = await open();
    for (let i = 0; i < 101; i++) subscribe(socket, `s${i}`, EVENTS);
    await vi.waitFor(() => expect(messages.some(({ type }) => type === 'error')).toBe(true));
    expect(messages.filter(({ type }) => type === 'error')).toMatchObject([
      { id: 's100', payload: [{ extensions: { code: 'TOO_COSTLY' } }] },
    ]);
    socket.send('x'.repeat(1024 * 1024 + 1));
    expect((await closed)[0]).toBe(1009);
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(0));
  });

  it('that says nothing, or nonsense, is closed', async () => {
    const nonsense = await open();
    nonsense.socket.send('{');
    expect((await nonsense.closed)[0]).toBe(4400);
    const binary = await open();
    binary.socket.send(Buffer.from('{}'));
    expect((await binary.closed)[0]).toBe(1003);
    const early = api.socket();
    await once(early, 'open');
    early.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ health { status } }' } }));
    expect((await once(early, 'close'))[0]).toBe(4401);
  });
});

describe('a subscription over server-sent events', () => {
  const sse = (query: string, variables: object, token = ADMIN, signal?: AbortSignal) =>
    fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });

  it('brings the same batches, and completes', async () => {
    const id = await api.appendRun(5);
    const response = await sse(RUN_EVENTS, { id });
    const text = await response.text();
    const batches = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
      ([, json]) => JSON.parse(json as string).data.runEvents,
    );
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(seqsOf(batches)).toEqual(upTo(8));
    expect(text).toContain('event: complete');
  });

  it('waits for a reader that stops reading, and lets little wait', async () => {
    const id = await api.appendRun(20_000, { text: 'x'.repeat(500) });
    const request = httpRequest(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${ADMIN}` },
    });
    request.end(JSON.stringify({ query: RUN_EVENTS, variables: { id } }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await new Promise((resolve) => setTimeout(resolve, 500));
    const waiting = Math.max(...[...api.connections].map(({ writableLength }) => writableLength));
    expect(waiting).toBeLessThan(1024 * 1024);
    const events = (await text(response)).match(/"seq":/g)?.length;
    expect(events).toBe(20_003);
  });

  it('ends with its reader', async () => {
    const stop = new AbortController();
    await sse(EVENTS, {}, ADMIN, stop.signal);
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(1));
    stop.abort();
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(0));
  });

  it('is cut off, not completed, when the server stops, so that the reader comes back', async () => {
    const stopping = await startGraphql();
    const response = await fetch(stopping.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ query: EVENTS }),
    });
    await vi.waitFor(() => expect(stopping.subscriptions.open).toBe(1));
    stopping.draining.abort();
    await expect(response.text()).rejects.toThrow();
    expect(stopping.subscriptions.open).toBe(0);
    await stopping.close();
  });

  it('tells why it ends when the token expires', async () => {
    api.tokens.set('brief', adminUntil(300));
    const text = await (await sse(EVENTS, {}, 'brief')).text();
    expect(text).toContain('UNAUTHENTICATED');
  });

  it('is refused with a status when the caller is nobody, or does not accept it', async () => {
    const nobody = await sse(EVENTS, {}, '');
    expect(nobody.status).toBe(401);
    const json = await api.send({
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ query: EVENTS }),
    });
    expect([json.status, json.errors[0].extensions.code]).toEqual([406, 'BAD_INPUT']);
    await vi.waitFor(() => expect(api.subscriptions.open).toBe(0));
  });
});
