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
  /** So far, between the program and all hosts. */
  bytes(): { readonly sent: number; readonly received: number };
  close(): Promise<void>;
}

/** Of the hop between the program and the proxy (RFC 9110 section 7.6.1); they are not passed on. */
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
 * A forward proxy for one program: CONNECT, and requests in absolute form, to the named `host:port` only, which are
 * connected to as everything that leaves this server is.
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
  const past = { sent: 0, received: 0 };
  const connector = guardedConnector(outgoing);

  const reach = (host: string, port: string): Promise<Socket> => {
    if (!allowed.has(`${host}:${port}`.toLowerCase())) {
      return Promise.reject(
        new Fault('FORBIDDEN', `${host}:${port} is none of the hosts that this program may reach.`),
      );
    }
    const hostname = host.replace(/^\[|\]$/g, '').toLowerCase();
    return new Promise((resolve, reject) => {
      connector({ hostname, port, protocol: 'http:' }, (error, socket) => {
        if (error || !socket) return reject(error ?? new Error('no socket'));
        upstreams.add(socket);
        socket.once('close', () => {
          upstreams.delete(socket);
          past.sent += socket.bytesWritten;
          past.received += socket.bytesRead;
        });
        // A failure that comes before somebody listens is seen by its close.
        socket.on('error', () => {});
        if (!server.listening) socket.destroy();
        resolve(socket);
      });
    });
  };

  const server = createServer((incoming, answer) => {
    forward(incoming, answer, reach).catch((error) => refuse(answer, error));
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('connect', (incoming, inside, head) => {
    tunnel(incoming, inside, head, reach).catch(() => inside.destroy());
  });
  server.on('clientError', (_, socket) => socket.destroy());

  const folder = await mkdtemp(join(tmpdir(), 'signalbox-egress-'));
  const socket = join(folder, 'proxy.sock');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  // The folder is closed to others; the program, which may be another user, is given the socket alone.
  await chmod(socket, 0o666);

  return {
    socket,
    bytes() {
      const now = [...upstreams];
      return {
        sent: now.reduce((sum, { bytesWritten }) => sum + bytesWritten, past.sent),
        received: now.reduce((sum, { bytesRead }) => sum + bytesRead, past.received),
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

async function tunnel({ url = '' }: IncomingMessage, inside: Duplex, head: Buffer, reach: Connect): Promise<void> {
  inside.on('error', () => {});
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[^:/@]+):(\d{1,5})$/i.exec(url) ?? [];
  let outside: Socket;
  try {
    outside = await reach(host, port);
  } catch (error) {
    inside.end(`HTTP/1.1 ${statusOf(error)} Refused\r\nConnection: close\r\n\r\n`);
    return;
  }
  inside.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) outside.write(head);
  await Promise.all([pipeline(inside, outside), pipeline(outside, inside)]).finally(() => outside.destroy());
}

/** One request, one connection: what is kept open would have to be judged again. */
async function forward(incoming: IncomingMessage, answer: ServerResponse, reach: Connect): Promise<void> {
  const url = URL.parse(incoming.url ?? '');
  if (url?.protocol !== 'http:') {
    throw new Fault('BAD_INPUT', 'This is a proxy: send the whole http URL, or CONNECT for https.');
  }
  const socket = await reach(url.hostname, url.port || '80');
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
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve).once('error', reject);
    });
    const [reply] = await Promise.all([answered, pipeline(incoming, onward)]);
    const passed = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP_HEADERS.includes(name));
    answer.writeHead(reply.statusCode ?? 502, Object.fromEntries(passed));
    await pipeline(reply, answer);
  } finally {
    socket.destroy();
  }
}

function refuse(answer: ServerResponse, error: unknown): void {
  if (answer.headersSent) return void answer.destroy();
  const message = error instanceof Fault ? error.message : 'The host cannot be reached.';
  answer.writeHead(statusOf(error), { 'content-type': 'text/plain', connection: 'close' }).end(`${message}\n`);
}

function statusOf(error: unknown): number {
  if (!(error instanceof Fault)) return 502;
  return error.code === 'BAD_INPUT' ? 400 : 403;
}
