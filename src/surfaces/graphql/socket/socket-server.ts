import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { lossyNumberIn } from '../../../lib/lossy-numbers.ts';
import { createConcurrencyLimit } from '../request/concurrency-limit.ts';
import { CLOSE_BAD_REQUEST, type Peer, sendMessage } from './peer.ts';
import { SOCKET_LIMITS, type SocketLimits } from './socket-limits.ts';
import { createSocketProtocol, type SocketProtocolDeps } from './socket-protocol.ts';

const CLOSE_GOING_AWAY = 1001;
/** For peers that do not complete the closing handshake. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface SocketServer {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, info: Peer['info']): void;
  close(): Promise<void>;
}

/** The life cycle of WebSockets: handshake, heartbeat and close. socket-protocol.ts has the protocol. */
export function createSocketServer(
  deps: Omit<SocketProtocolDeps, 'limits'>,
  changes: Partial<SocketLimits> = {},
): SocketServer {
  const limits = { ...SOCKET_LIMITS, ...changes };
  const protocol = createSocketProtocol({ ...deps, limits });
  const ofAddress = createConcurrencyLimit(limits.maxSocketsPerAddress);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    // Frames are shared by subscribers; compressing them for each would undo that.
    perMessageDeflate: false,
    handleProtocols,
  });
  const peers = new Set<Peer>();
  const pings = setInterval(() => {
    for (const peer of peers) {
      if (!peer.alive) peer.socket.terminate();
      peer.alive = false;
      peer.socket.ping();
    }
  }, limits.pingIntervalMs).unref();

  const welcome = (peer: Peer, release: () => void) => {
    const { socket, info } = peer;
    const leave = () => socket.close(CLOSE_GOING_AWAY, 'The server is stopping.');
    peers.add(peer);
    info.draining.addEventListener('abort', leave, { once: true });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => sendMessage(peer, data, limits.disconnectAboveBytes),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          socket.on('message', (data, isBinary) => {
            peer.alive = true;
            if (isBinary) socket.close(CLOSE_BAD_REQUEST, 'Messages must be text.');
            else {
              const text = String(data);
              peer.lossyNumber = lossyNumberIn(text);
              take(text).catch((error: unknown) => protocol.closeOnError(peer, error));
            }
          });
        },
      },
      peer,
    );
    socket.on('pong', () => {
      peer.alive = true;
    });
    // A frame that violates the protocol or a limit; ws closes the socket with the matching code.
    socket.on('error', () => {});
    socket.once('close', (code, reason) => {
      peers.delete(peer);
      info.draining.removeEventListener('abort', leave);
      release();
      peer.closed.abort();
      closed(code, String(reason)).catch((error: unknown) => protocol.closeOnError(peer, error));
    });
    if (info.draining.aborted) leave();
  };

  return {
    upgrade(req, socket, head, info) {
      const release = ofAddress.acquire(info.address);
      if (!release) {
        refuseUpgrade(socket, 429);
        return;
      }
      let taken = false;
      socket.once('close', () => {
        if (!taken) release();
      });
      server.handleUpgrade(req, socket, head, (ws) => {
        taken = true;
        welcome(
          { socket: ws, stream: socket, req, info, alive: true, closed: new AbortController(), caller: undefined },
          release,
        );
      });
    },
    async close() {
      clearInterval(pings);
      for (const { socket } of peers) socket.close(CLOSE_GOING_AWAY, 'The server is stopping.');
      const late = setTimeout(() => {
        for (const { socket } of peers) socket.terminate();
      }, CLOSE_TIMEOUT_MS);
      await Promise.all([...peers].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve))));
      clearTimeout(late);
      server.close();
    },
  };
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nRetry-After: 60\r\nConnection: close\r\n\r\n`,
  );
}
