import type { Writable } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ResultStream, SharedResult } from '../subscriptions/live-subscription.ts';
import { CLOSE_FORBIDDEN, closePeer, type Peer } from './peer.ts';
import type { SocketLimits } from './socket-limits.ts';
import { textFrame } from './text-frame.ts';

/** From here on, what is written to the stream waits for a moment. */
export type BatchWrites = (stream: Writable) => void;

/** How long writes wait after a flush, in times of its duration, so that writing is at most a quarter of what the thread does. */
const PAUSE_PER_FLUSH = 3;

/**
 * Writes to many streams in fewer system calls: what is written to one at about the same time leaves at once. A commit of the journal goes to
 * every subscriber, and the calls cost more than everything else that is done for them. Nothing waits for longer than `maxWaitMs`, or than
 * the end of the turn of the event loop if the last flush was long enough ago.
 */
export function createWriteBatcher(maxWaitMs: number): BatchWrites {
  // No Set: what it allocates when it is emptied and filled 200 times a second outlives many collections.
  let corked: Writable[] = [];
  let next = 0;
  const flush = () => {
    const began = performance.now();
    const streams = corked;
    corked = [];
    for (const stream of streams) stream.uncork();
    const ended = performance.now();
    next = ended + Math.min(maxWaitMs, PAUSE_PER_FLUSH * (ended - began));
  };
  return (stream) => {
    if (stream.writableCorked > 0) return;
    if (corked.length === 0) {
      const waitMs = next - performance.now();
      if (waitMs > 0) setTimeout(flush, waitMs);
      else setImmediate(flush);
    }
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

const CLOSING_BRACE = Buffer.from('}');

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
  const { socket, stream } = peer;
  const end = async () => {
    stop.abort();
    await results.return?.();
  };
  const pump = async () => {
    for (;;) {
      const result = await results.next();
      if (result.done || stop.signal.aborted) return;
      // Nothing can be sent any more: the socket is closing.
      if (socket.readyState !== socket.OPEN) return end();
      const frame = nextFrame(id, result.value);
      if (socket.bufferedAmount < limits.pauseAboveBytes) {
        gather(stream);
        stream.write(frame);
      } else {
        // A reader that catches up: it would wait for the next write most of the time.
        stream.uncork();
        if (socket.bufferedAmount > limits.disconnectAboveBytes) socket.terminate();
        await new Promise((resolve) => stream.write(frame, resolve));
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

/** The message with the result as a frame. Clients that number their operations have it in common. */
function nextFrame(id: string, result: SharedResult): Buffer {
  if (result.frame?.id === id) return result.frame.bytes;
  const bytes = textFrame(
    Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`),
    result.bytes,
    CLOSING_BRACE,
  );
  result.frame = { id, bytes };
  return bytes;
}
