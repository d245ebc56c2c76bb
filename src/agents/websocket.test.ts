import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createTestAgent, createTestOutgoing, outputJson } from '../../test/support/agents/agent.ts';
import { createTestSession, type TestSession } from '../../test/support/agents/agent-session.ts';
import type { Json } from '../lib/json.ts';
import { websocket } from './websocket.ts';

/** Answers the one message that it is sent. */
let answer: (socket: WebSocket, received: Json) => void = () => {};
let server: Server;
let sockets: WebSocketServer;
let uri: string;
let deps: ReturnType<typeof createTestOutgoing>;
let request: IncomingMessage | undefined;

beforeAll(async () => {
  server = createServer();
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, opened) => {
    request = opened;
    socket.once('message', (data) => answer(socket, JSON.parse(data.toString())));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  uri = `ws://${endpoint}/talk`;
  deps = createTestOutgoing(endpoint);
});

afterAll(async () => {
  await deps.outgoing.close();
  server.closeAllConnections();
  server.close();
});

type Config = Parameters<ReturnType<typeof websocket>['run']>[0]['config'];

const run = async (session: TestSession = createTestSession(), config: Partial<Config> = {}) =>
  outputJson(await websocket(deps).run(createTestAgent({ uri, ...config }, { context: [1], memory: 'old' }), session));

/** The messages, then the close if there is one. */
const says =
  (messages: readonly Json[], close?: number): typeof answer =>
  (socket) => {
    for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    if (close !== undefined) socket.close(close);
  };

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

const nobodyIsConnected = async () => {
  while (sockets.clients.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('an agent behind a WebSocket', () => {
  it('receives its task in one message, and is read until it is done', async () => {
    let received: Json = null;
    answer = (socket, what) => {
      received = what;
      const log = { type: 'log', level: 'warn', text: 'hm' };
      says([{ type: 'delta', text: 'So ' }, log, 'be it', { type: 'later' }, { type: 'final', text: 'So be it.' }])(
        socket,
        what,
      );
    };
    const session = createTestSession({ secrets: { KEY: 'abc' } });
    expect(await run(session, { headers: { 'x-key': 'secret:KEY' } })).toEqual({ text: 'So be it.' });
    expect(received).toEqual({ role: 'You are terse.', goal: 'Say it.', context: [1], memory: 'old' });
    expect(request?.headers['x-key']).toBe('abc');
    expect(session.streamedText).toBe('So be it');
    expect(session.logged).toEqual(['WARN hm', expect.stringMatching(/^DEBUG .*later/)]);
    await nobodyIsConnected();
  });

  it.each<[string, readonly Json[], number | undefined, Json]>([
    ['the pieces, when it only says goodbye', ['{"a":', '1}'], 1000, { text: '{"a":1}', json: { a: 1 } }],
    ['the pieces, when its last word is empty', ['so', { type: 'final' }], undefined, { text: 'so' }],
    ['its output', [{ type: 'message', output: { a: [1] } }], undefined, { text: '{"a":[1]}', json: { a: [1] } }],
    ['output and words', [{ type: 'final', text: 'one', output: 1 }], undefined, { text: 'one', json: 1 }],
    ['output that is text', [{ type: 'final', output: 'one' }], undefined, { text: 'one' }],
    ['JSON that is not one of its messages', [{ kind: 'x' }], 1000, { text: '{"kind":"x"}', json: { kind: 'x' } }],
  ])('gives %s', async (_, messages, close, output) => {
    answer = says(messages, close);
    expect(await run()).toEqual(output);
  });

  it.each<[string, typeof answer, string, RegExp]>([
    ['says goodbye without a word', says([], 1000), 'RESOURCE_UNREACHABLE', /before it answered \(code 1000/],
    ['closes it with an application code', says(['so'], 4001), 'RESOURCE_UNREACHABLE', /code 4001/],
    ['is gone', (socket) => socket.send('so', () => socket.terminate()), 'RESOURCE_UNREACHABLE', /code 1006/],
    ['sends bytes', (socket) => socket.send(Buffer.from('x')), 'RESOURCE_UNREACHABLE', /bytes instead/],
    ['sends a delta of nothing', says([{ type: 'delta' }]), 'RESOURCE_UNREACHABLE', /type delta without text/],
    ['says that it failed', says([{ type: 'error', message: 'no idea' }]), 'BAD_INPUT', /no idea/],
    ['sends one message that is too large', says(['x'.repeat(4 * 2 ** 20 + 1)]), 'RESOURCE_TOO_LARGE', /message/],
    ['sends too much in all', says(Array(4).fill('x'.repeat(3 * 2 ** 20))), 'RESOURCE_TOO_LARGE', /more than/],
    ['is silent', () => {}, 'TIMEOUT', /300 ms/],
  ])('that %s fails', async (_, how, code, message) => {
    answer = how;
    await expect(run(createTestSession(), { timeoutMs: 300 })).rejects.toEqual(fault(code, message));
    await nobodyIsConnected();
  });

  it('may take any time as long as it is not silent', async () => {
    answer = (socket) => {
      let said = 0;
      const timer = setInterval(() => {
        said += 1;
        socket.send('.');
        if (said < 6) return;
        clearInterval(timer);
        socket.close();
      }, 60);
    };
    expect(await run(createTestSession(), { timeoutMs: 200 })).toEqual({ text: '......' });
  });

  it('is disconnected when the step is cancelled', async () => {
    const session = createTestSession();
    answer = (socket, ...rest) => {
      says(['so'])(socket, ...rest);
      session.stop.abort();
    };
    await expect(run(session)).rejects.toEqual(fault('CANCELLED'));
    await nobodyIsConnected();
  });

  it('requires access to its URL as http or https', () => {
    const [reach] = websocket(deps).requiredAccess({ uri: 'wss://Agent.example/x' });
    expect(reach).toMatchObject({ action: 'agent:websocket', uri: { href: 'https://agent.example/x' } });
    expect(() => websocket(deps).requiredAccess({ uri: 'data:,x' })).toThrow(/http or https/);
  });
});
