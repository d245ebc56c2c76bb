import type { Writable } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ResultStream } from '../subscriptions/live-subscription.ts';
import { CLOSE_FORBIDDEN, closePeer, type Peer, sendMessage } from './peer.ts';
import type { SocketLimits } from './socket-limits.ts';

/** From here on, what is written to the stream waits for a moment. */
export type BatchWrites = (stream: Writable) => void;

/**
 * Writes to many streams in fewer system calls: what is written to one within `ms` leaves at once. A commit of the
 * journal goes to every subscriber, and the calls cost more than everything else that is done for them.
 */
export function createWriteBatcher(ms: number): BatchWrites {
  // No Set: what it allocates when it is emptied and filled 200 times a second outlives many collections.
  let corked: Writable[] = [];
  const flush = () => {
    const streams = corked;
    corked = [];
    for (const stream of streams) stream.uncork();
  };
  return (stream) => {
    if (stream.writableCorked > 0) return;
    if (corked.length === 0) setTimeout(flush, ms);
    stream.cork();
    corked.push(stream);
  };
}

interface SendOptions {
  readonly gather: BatchWrites;
  readonly limits: SocketLimits;
  /** Aborted when the client completes the operation or has gone. */
  readonly stop: AbortController;
}

const DONE = { done: true as const, value: undefined };

/**
 * Writes each result of a subscription to the socket, as `next` messages. graphql-ws would serialize it again for every
 * subscriber, so it is given an iterable that only ends. The next result is pulled when the socket has room for it.
 */
export function sendResults(
  results: ResultStream,
  peer: Peer,
  id: string,
  { gather, limits, stop }: SendOptions,
): AsyncGenerator<never, void, void> {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  const end = async () => {
    stop.abort();
    await results.return?.();
  };
  const pump = async () => {
    for (;;) {
      const result = await results.next();
      if (result.done || stop.signal.aborted) return;
      const message = wrapPayload(head, result.value.bytes);
      if (peer.socket.bufferedAmount < limits.pauseAboveBytes) {
        gather(peer.stream);
        peer.socket.send(message, { binary: false });
      } else {
        // A reader that catches up: it would wait for the next write most of the time.
        peer.stream.uncork();
        await sendMessage(peer, message, limits.disconnectAboveBytes);
      }
    }
  };

  return {
    async next() {
      try {
        await pump();
      } catch (error) {
        // The server is stopping: the socket closes, and the client continues elsewhere.
        if (error instanceof DOMException) return DONE;
        if (!(error instanceof GraphQLError) || error.extensions.code !== 'UNAUTHENTICATED') throw error;
        closePeer(peer, CLOSE_FORBIDDEN, error.message);
      }
      return DONE;
    },
    async return() {
      await end();
      return DONE;
    },
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: end,
  };
}

/** The message whose payload is the result. */
function wrapPayload(head: Buffer, result: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(head.byteLength + result.byteLength + 1);
  message.set(head);
  message.set(result, head.byteLength);
  message[message.byteLength - 1] = 0x7d; // }
  return message;
}
