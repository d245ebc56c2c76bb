import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Headers of one hop (RFC 9110 section 7.6.1), which are not forwarded. */
const HOP_BY_HOP_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

/** A request that this server received, and the response to it. */
export interface HttpExchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

export interface ForwardTarget {
  /** Open; destroyed at the end. */
  readonly socket: Socket;
  /** The header Host. */
  readonly host: string;
  /** With the query. */
  readonly path: string;
  /** Replace those of the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends a request onward and its response back, both as streams. One request, one connection: a kept-alive connection would
 * have to be checked again.
 */
export async function forwardRequest({ incoming, response }: HttpExchange, target: ForwardTarget): Promise<void> {
  const { socket, host, path, headers = {} } = target;
  const onward = request({
    createConnection: () => socket,
    method: incoming.method,
    path,
    headers: { ...endToEnd(incoming.headers), ...headers, host, connection: 'close' },
  });
  try {
    const responded = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve).once('error', reject);
    });
    const [reply] = await Promise.all([responded, pipeline(incoming, onward)]);
    response.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers));
    await pipeline(reply, response);
  } finally {
    socket.destroy();
  }
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP_HEADERS.has(name)));
}
