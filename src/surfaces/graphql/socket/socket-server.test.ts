import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  ADMIN,
  ALICE,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({
    limits: { initTimeoutMs: 200, pingIntervalMs: 150, maxSocketsPerAddress: 4, maxSocketsPerPrincipal: 2 },
  });
});
afterAll(() => api.close());

/** A socket that said who it is, and whether it was taken: `connection_ack`, or the code it was closed with. */
const connect = async (token = ADMIN) => {
  const socket = api.socket();
  opened.add(socket);
  const answer = Promise.race([
    once(socket, 'message').then(([data]) => JSON.parse(String(data)).type as string),
    once(socket, 'close').then(([code]) => code as number),
  ]);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
  return { socket, answer: await answer };
};
const closed = (socket: WebSocket) => once(socket, 'close').then(([code]) => code as number);
const opened = new Set<WebSocket>();
const allGone = () => {
  for (const socket of opened) socket.terminate();
  return expect.poll(() => api.connections.size).toBe(0);
};

describe('sockets', () => {
  it('that do not say who they are in time are closed', async () => {
    const socket = api.socket();
    expect(await closed(socket)).toBe(4408);
    await allGone();
  });

  it('of one user are counted, and the one too many is told to come back later', async () => {
    const sockets = [await connect(), await connect(), await connect(ALICE)];
    expect(sockets.map(({ answer }) => answer)).toEqual(['connection_ack', 'connection_ack', 'connection_ack']);
    expect((await connect()).answer).toBe(1013);
    sockets[0]?.socket.close();
    await expect.poll(async () => (await connect()).answer).toBe('connection_ack');
    for (const { socket } of sockets) socket.terminate();
  });

  it('of one address are counted before anything is read from them', async () => {
    await allGone();
    const sockets = [await connect(ALICE), await connect(ALICE), await connect(''), await connect('')];
    const fifth = api.socket();
    const [, response] = await once(fifth, 'unexpected-response');
    expect(response.statusCode).toBe(429);
    for (const { socket } of sockets) socket.terminate();
    await allGone();
  });

  it('whose peer is dead are cut off; those that answer stay', async () => {
    const dead = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws', { autoPong: false });
    await once(dead, 'open');
    dead.send(JSON.stringify({ type: 'connection_init', payload: { token: ADMIN } }));
    const { socket: alive } = await connect(ALICE);
    expect(await closed(dead)).toBe(1006);
    expect(alive.readyState).toBe(WebSocket.OPEN);
    alive.terminate();
    await allGone();
  });

  it('that speak another protocol are closed', async () => {
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-ws');
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('Server sent no subprotocol');
    await allGone();
  });

  it('are told when the server stops, and come back elsewhere', async () => {
    const stopping = await startGraphql();
    const socket = stopping.socket();
    await once(socket, 'open');
    const done = closed(socket);
    stopping.draining.abort();
    expect(await done).toBe(1001);
    await stopping.close();
  });
});
