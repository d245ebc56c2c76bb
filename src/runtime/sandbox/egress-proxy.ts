import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../core/errors.ts';
import { type GuardDeps, guardedConnector } from '../../resources/outgoing/guarded-connector.ts';
import { createNames } from '../../resources/outgoing/names.ts';
import { forwardRequest } from '../../resources/outgoing/outgoing-forward.ts';
import { type Egress, listenOnSocket } from './egress-socket.ts';

export interface EgressProxy extends Egress {
  /** Bytes so far, between the program and all hosts. */
  bytes(): { readonly sent: number; readonly received: number };
}

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
  const upstreams = new Set<Socket>();
  const closed = { sent: 0, received: 0 };
  const connector = guardedConnector(outgoing, createNames(outgoing.headerTimeoutMs, outgoing.lookup));

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
  server.on('connect', (incoming, inside, head) => {
    tunnel(incoming, inside, head, connect).catch(() => inside.destroy());
  });
  const listening = await listenOnSocket(server);

  return {
    socket: listening.socket,
    bytes() {
      const active = [...upstreams];
      return {
        sent: active.reduce((sum, { bytesWritten }) => sum + bytesWritten, closed.sent),
        received: active.reduce((sum, { bytesRead }) => sum + bytesRead, closed.received),
      };
    },
    async close() {
      for (const each of upstreams) each.destroy();
      await listening.close();
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

async function forward(incoming: IncomingMessage, response: ServerResponse, connect: Connect): Promise<void> {
  const url = URL.parse(incoming.url ?? '');
  if (url?.protocol !== 'http:') {
    throw new Fault('BAD_INPUT', 'This is a proxy. Send the absolute http URL, or CONNECT for https.');
  }
  const socket = await connect(url.hostname, url.port || '80');
  const path = `${url.pathname}${url.search}`;
  await forwardRequest({ incoming, response }, { socket, host: url.host, path });
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
