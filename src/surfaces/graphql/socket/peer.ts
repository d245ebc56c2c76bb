import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Caller } from '../request/context.ts';

/** One WebSocket, and who is at its other end. */
export interface Peer {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly req: IncomingMessage;
  readonly info: Omit<Caller, 'principal'>;
  /** Aborts when the socket has closed. */
  readonly closed: AbortController;
  /** Something came since the last ping. */
  alive: boolean;
  /** A number that loses digits, in the message that is being handled. */
  lossyNumber?: string | undefined;
  /** Known from `connection_init` on. */
  caller: Caller | undefined;
}

// graphql-ws' client reconnects after 4403 and 1013, but not after 4500.
export const CLOSE_BAD_REQUEST = 4400;
export const CLOSE_FORBIDDEN = 4403;
export const CLOSE_INTERNAL_ERROR = 4500;
export const CLOSE_TRY_AGAIN_LATER = 1013;
/** RFC 6455, section 5.5: a control frame has 125 bytes, two of which are the code. */
const MAX_CLOSE_REASON_BYTES = 123;

/** Closes the socket with a reason, shortened to what a close frame takes. */
export function closePeer({ socket }: Peer, code: number, reason: string): void {
  let text = reason;
  while (Buffer.byteLength(text) > MAX_CLOSE_REASON_BYTES) text = `${text.slice(0, -2)}…`;
  socket.close(code, text);
}

/** Resolves when the message has left this process. A reader that lets more than `cutBytes` wait is cut off. */
export function sendMessage({ socket }: Peer, message: string | Buffer, cutBytes: number): Promise<void> {
  if (socket.bufferedAmount > cutBytes) socket.terminate();
  return new Promise((resolve) => socket.send(message, { binary: false }, () => resolve()));
}
