import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { canonicalUri } from '../canonical-uri.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { type ConnectOptions, httpUriOfWebSocket } from './outgoing-socket.ts';

let server: Server;
let sockets: WebSocketServer;
let uri: string;
let endpoint: string;
const connections: Outgoing[] = [];
let talk: (socket: WebSocket, request: IncomingMessage) => void = () => {};
let requests: IncomingMessage[] = [];

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(403).end());
  sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    requests.push(request);
    if (request.url === '/refused')
      return socket.end('HTTP/1.1 429 Slow\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n');
    if (request.url === '/moved') return socket.end(`HTTP/1.1 302 F\r\nlocation: /\r\ncontent-length: 0\r\n\r\n`);
    if (request.url === '/silent') return;
    if (request.url === '/wrong') {
      return socket.end(
        'HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: no\r\n\r\n',
      );
    }
    sockets.handleUpgrade(request, socket, head, (opened) => talk(opened, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  uri = `http://${endpoint}/`;
});

afterEach(async () => {
  requests = [];
  for (const outgoing of connections.splice(0)) await outgoing.close();
  for (const client of sockets.clients) client.terminate();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function outgoing(allowedPrivateHosts = [endpoint], headerTimeoutMs = 5_000): Outgoing {
  const created = createOutgoing({ version: '1', allowedPrivateHosts, headerTimeoutMs });
  connections.push(created);
  return created;
}

const connect = (path = '', options: Partial<ConnectOptions> = {}, from = outgoing()) =>
  from.connect(canonicalUri(uri + path), {
    maxMessageBytes: 1_000,
    signal: new AbortController().signal,
    ...options,
  });

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

async function all(messages: AsyncIterable<string | Uint8Array>): Promise<(string | Uint8Array)[]> {
  const got = [];
  for await (const message of messages) got.push(message);
  return got;
}

describe('a WebSocket to another server', () => {
  it('sends and receives messages in order, and ends when either side closes it', async () => {
    talk = (socket) => {
      socket.on('message', (data, isBinary) => socket.send(isBinary ? data : `echo ${data}`));
      socket.on('message', (data) => data.toString() === 'bye' && socket.close(1000, 'done'));
      socket.send(Buffer.from([1, 2]));
    };
    const socket = await connect();
    for (const text of ['one', 'zwölf', 'bye']) await socket.send(text);
    expect(await all(socket.messages)).toEqual([new Uint8Array([1, 2]), 'echo one', 'echo zwölf', 'echo bye']);
    expect(await socket.closed).toEqual({ code: 1000, reason: 'done' });
  });

  it('sends headers and a subprotocol, but no header that determines where it goes', async () => {
    talk = (socket) => socket.close();
    const socket = await connect('', { subprotocol: 'chat', headers: { authorization: 'Bearer x' } });
    await socket.closed;
    expect(requests[0]?.headers).toMatchObject({
      host: endpoint,
      authorization: 'Bearer x',
      'user-agent': 'signalbox/1',
      'sec-websocket-protocol': 'chat',
    });
    await expect(connect('', { headers: { Host: 'inner.example' } })).rejects.toEqual(fault('BAD_INPUT'));
    await expect(connect('', { subprotocol: 'a b' })).rejects.toEqual(fault('BAD_INPUT', /subprotocol/));
    expect(requests).toHaveLength(1);
  });

  it('is guarded', async () => {
    await expect(connect('', {}, outgoing([]))).rejects.toEqual(fault('FORBIDDEN', /not public/));
    expect(requests).toHaveLength(0);
  });

  it('is rejected with the status of the server, and never follows a redirect', async () => {
    const refused = connect('refused');
    await expect(refused).rejects.toEqual(fault('THROTTLED', /429/));
    await expect(refused).rejects.toMatchObject({ retryAfterMs: 7_000 });
    await expect(connect('moved')).rejects.toEqual(fault('BAD_INPUT', /302/));
    await expect(connect('wrong')).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /WebSocket handshake/));
    await expect(connect('', { subprotocol: 'unknown' })).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /subprotocol/));
  });

  it('gives up on a server that does not answer the handshake', async () => {
    await expect(connect('silent', {}, outgoing([endpoint], 150))).rejects.toEqual(fault('TIMEOUT'));
  });

  it('accepts no message that is too large, in fragments either', async () => {
    for (const pieces of [['x'.repeat(1_001)], ['x'.repeat(600), 'x'.repeat(600)]]) {
      talk = (socket) => pieces.forEach((piece, at) => void socket.send(piece, { fin: at === pieces.length - 1 }));
      const socket = await connect();
      await expect(all(socket.messages)).rejects.toEqual(fault('RESOURCE_TOO_LARGE', /1000 bytes/));
      expect((await socket.closed).code).toBe(1006);
    }
  });

  it('distinguishes a server that breaks the protocol from one that disconnects', async () => {
    talk = (socket) => (socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xf1, 0x00]));
    const broken = await connect();
    await expect(all(broken.messages)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /RFC 6455/));
    talk = (socket) => socket.send('so', () => socket.terminate());
    const gone = await connect();
    expect(await all(gone.messages)).toEqual(['so']);
    expect((await gone.closed).code).toBe(1006);
  });

  it('takes little more from the network than is read', async () => {
    let sent = 0;
    talk = (socket) => {
      const more = (error?: Error) => {
        if (error) return;
        sent += 900;
        socket.send('x'.repeat(900), more);
      };
      more();
    };
    const socket = await connect();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBe(before);
    let read = 0;
    for await (const _ of socket.messages) {
      read += 900;
      if (read > before + 100_000) break;
    }
    expect(sent).toBeGreaterThan(before);
    socket.close();
    expect((await socket.closed).code).toBe(1000);
  });

  it('is terminated at once when it is cancelled: before it connects, during the handshake, and while it waits', async () => {
    talk = () => {};
    for (const path of ['', 'silent']) {
      const stop = new AbortController();
      const opening = connect(path, { signal: stop.signal });
      const listening = opening.then((socket) => all(socket.messages));
      setTimeout(() => stop.abort(), 50);
      await expect(listening).rejects.toEqual(fault('CANCELLED'));
    }
    await expect(connect('', { signal: AbortSignal.abort() })).rejects.toEqual(fault('CANCELLED'));
  });

  it('is terminated when the server stops', async () => {
    talk = () => {};
    const from = outgoing();
    const socket = await connect('', {}, from);
    const listening = expect(all(socket.messages)).rejects.toEqual(fault('UNAVAILABLE'));
    await from.close();
    await listening;
  });
});

describe('the URI of a WebSocket', () => {
  it('is authorized as the HTTP URI of its handshake', () => {
    expect(['ws://h/p?q', 'WSS://h/p', 'https://h'].map(httpUriOfWebSocket)).toEqual([
      'http://h/p?q',
      'https://h/p',
      'https://h',
    ]);
  });
});
