import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { adminUntil, EVENTS, follow, RUN_EVENTS } from '../../../../test/support/surfaces/event-subscriptions.ts';
import { ADMIN, BOB, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

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
    await expect.poll(() => messages.filter(({ type }) => type === 'complete' || type === 'error')).toHaveLength(5);
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
    await expect.poll(() => messages.at(-1)?.type).toBe('complete');
    expect(messages.at(-2)?.payload).toEqual({ data: { viewer: { username: 'bob' } } });
    socket.close();
  });

  it('with a wrong token is closed with the reason', async () => {
    const { closed, messages } = await open({ token: 'wrong' });
    expect((await closed)[0]).toBe(4403);
    expect(messages).toEqual([]);
  });

  it('closes when its token expires, so that the client comes back with a new one and loses nothing', async () => {
    const token = (name: string, ms: number) => api.tokens.set(name, adminUntil(api, ms));
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
    await expect.poll(() => connections).toBe(2);
    await api.app.journal.append(id, 3, [
      { type: 'LOG', at: new Date(), step: 'fetch', payload: { level: 'INFO', text: 'later' } },
    ]);
    await done;
    expect(closes[0]).toEqual([4403, expect.stringContaining('The token has expired. Sign in again.')]);
    expect(seqs).toContain(3);
  });

  it('is bounded in the size of a message and in the number of active operations', async () => {
    const { socket, messages, closed } = await open();
    for (let i = 0; i < 101; i++) subscribe(socket, `s${i}`, EVENTS);
    await expect.poll(() => messages.some(({ type }) => type === 'error')).toBe(true);
    expect(messages.filter(({ type }) => type === 'error')).toMatchObject([
      { id: 's100', payload: [{ extensions: { code: 'TOO_COSTLY' } }] },
    ]);
    socket.send('x'.repeat(1024 * 1024 + 1));
    expect((await closed)[0]).toBe(1009);
    await expect.poll(() => api.subscriptions.open).toBe(0);
  });

  it.each([
    { type: 'connection_ack' },
    { type: 'next', id: '1', payload: { data: null } },
    { type: 'error', id: '1', payload: [{ message: 'no' }] },
  ])(
    'that sends $type, as only servers do, is closed as the protocol says, and no error is logged',
    async (message) => {
      const logged = api.logs.length;
      const { socket, closed } = await open();
      socket.send(JSON.stringify(message));
      expect((await closed)[0]).toBe(4400);
      expect(api.logs.slice(logged)).toEqual([]);
    },
  );
});
