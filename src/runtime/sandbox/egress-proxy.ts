import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../core/errors.ts';
import { type GuardDeps, guardedConnector } from '../../resources/outgoing/guarded-connector.ts';

export interface EgressProxy {
  /** Path of the Unix socket on which the proxy listens. */
  readonly socket: string;
  /** Bytes so far, between the program and all hosts. */
  bytes(): { readonly sent: number; readonly received: number };
  close(): Promise<void>;
}

/** Headers of one hop (RFC 9110 section 7.6.1), which are not forwarded. */
const HOP_BY_HOP_HEADERS = [
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
];

/**
 * A forward proxy for one program: CONNECT and requests in absolute form, to the given `host:port` only. Connections are
 * guarded like all outgoing connections of this server.
 */
export async function startEgressProxy({
  hosts,
  outgoing,
}: {
  readonly hosts: readonly string[];
  readonly outgoing: GuardDeps;
}): Promise<EgressProxy> {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  const open = new Set<Duplex>();
  const upstreams = new Set<Socket>();
  const closed = { sent: 0, received: 0 };
  const connector = guardedConnector(outgoing);

  const connect = (host: string, port: string): Promise<Socket> => {
    if (!allowed.has(`${host}:${port}`.toLowerCase())) {
      return Promise.reject(
        new Fault('FORBIDDEN', `This program may not connect to ${host}:${port}. Add it to the allowed hosts.`),
      );
    }
    const hostname = host.replace(/^\[|\]$/g, '').toLowerCase();
    return new Promise((resolve, reject) => {
      connector({ hostname, port, protocol: 'http:' }, (error, socket) => {
        if (error || !socket) return reject(error ?? new Error('no socket'));
        upstreams.add(socket);
        socket.once('close', () => {
          upstreams.delete(socket);
          closed.sent += socket.bytesWritten;
          closed.received += socket.bytesRead;
        });
        // An early error, before there are listeners, is noticed by the close.
        socket.on('error', () => {});
        if (!server.listening) socket.destroy();
        resolve(socket);
      });
    });
  };

  const server = createServer((incoming, response) => {
    forward(incoming, response, connect).catch((error) => sendError(response, error));
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('connect', (incoming, inside, head) => {
    tunnel(incoming, inside, head, connect).catch(() => inside.destroy());
  });
  server.on('clientError', (_, socket) => socket.destroy());

  const folder = await mkdtemp(join(tmpdir(), 'signalbox-egress-'));
  const socket = join(folder, 'proxy.sock');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  // Other users cannot enter the folder; the program, perhaps another user, has only the socket mounted.
  await chmod(socket, 0o666);

  return {
    socket,
    bytes() {
      const active = [...upstreams];
      return {
        sent: active.reduce((sum, { bytesWritten }) => sum + bytesWritten, closed.sent),
        received: active.reduce((sum, { bytesRead }) => sum + bytesRead, closed.received),
      };
    },
    async close() {
      server.close();
      for (const each of [...open, ...upstreams]) each.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Connect = (host: string, port: string) => Promise<Socket>;

async function tunnel({ url = '' }: IncomingMessage, inside: Duplex, head: Buffer, connect: Connect): Promise<void> {
  inside.on('error', () => {});
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[^:/@]+):(\d{1,5})$/i.exec(url) ?? [];
  let outside: Socket;
  try {
    outside = await connect(host, port);
  } catch (error) {
    inside.end(`HTTP/1.1 ${statusOf(error)} Refused\r\nConnection: close\r\n\r\n`);
    return;
  }
  inside.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) outside.write(head);
  await Promise.all([pipeline(inside, outside), pipeline(outside, inside)]).finally(() => outside.destroy());
}

/** One request, one connection: a kept-alive connection would have to be checked again. */
async function forward(incoming: IncomingMessage, response: ServerResponse, connect: Connect): Promise<void> {
  const url = URL.parse(incoming.url ?? '');
  if (url?.protocol !== 'http:') {
    throw new Fault('BAD_INPUT', 'This is a proxy. Send the absolute http URL, or CONNECT for https.');
  }
  const socket = await connect(url.hostname, url.port || '80');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP_HEADERS.includes(name)),
  );
  const onward = request({
    createConnection: () => socket,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, connection: 'close' },
  });
  try {
    const responded = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve).once('error', reject);
    });
    const [reply] = await Promise.all([responded, pipeline(incoming, onward)]);
    const forwarded = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP_HEADERS.includes(name));
    response.writeHead(reply.statusCode ?? 502, Object.fromEntries(forwarded));
    await pipeline(reply, response);
  } finally {
    socket.destroy();
  }
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const message = error instanceof Fault ? error.message : 'The host could not be reached.';
  response.writeHead(statusOf(error), { 'content-type': 'text/plain', connection: 'close' }).end(`${message}\n`);
}

function statusOf(error: unknown): number {
  if (!(error instanceof Fault)) return 502;
  return error.code === 'BAD_INPUT' ? 400 : 403;
}
