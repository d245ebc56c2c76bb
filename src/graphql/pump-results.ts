import { GraphQLError } from 'graphql';
import { TOKEN_EXPIRED } from '../surfaces/graphql/socket/authenticate-peer.ts';
import { closePeer, FORBIDDEN, type Peer, sendTo } from '../surfaces/graphql/socket/peer.ts';
import type { SocketLimits } from '../surfaces/graphql/socket/socket-limits.ts';
import type { LiveResults } from '../surfaces/graphql/subscriptions/live-subscription.ts';
import type { Gather } from './gather-writes.ts';

const DONE = { done: true as const, value: undefined };

/**
 * Writes each result of a subscription to the socket, as `next` messages. graphql-ws would serialize it again for every
 * subscriber, so it is given an iterable that only ends. The next result is pulled when the socket has room for it.
 */
export function pumpResults(
  results: LiveResults,
  peer: Peer,
  id: string,
  { gather, limits }: { readonly gather: Gather; readonly limits: SocketLimits },
): AsyncGenerator<never, void, void> {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  let stopped = false;
  const stop = async () => {
    stopped = true;
    await results.return?.();
  };
  const pump = async () => {
    for (;;) {
      const result = await results.next();
      if (result.done || stopped) return;
      const message = around(head, result.value.bytes());
      gather(peer.stream);
      if (peer.socket.bufferedAmount < limits.pauseBytes) peer.socket.send(message, { binary: false });
      else await sendTo(peer, message, limits.cutBytes);
    }
  };

  return {
    async next() {
      try {
        await pump();
      } catch (error) {
        // The server is stopping: the socket closes, and the client goes on elsewhere.
        if (error instanceof DOMException) return DONE;
        if (!(error instanceof GraphQLError) || error.extensions.code !== 'UNAUTHENTICATED') throw error;
        closePeer(peer, FORBIDDEN, TOKEN_EXPIRED);
      }
      return DONE;
    },
    async return() {
      await stop();
      return DONE;
    },
    async throw(error) {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** The message whose payload is the result. */
function around(head: Buffer, result: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(head.byteLength + result.byteLength + 1);
  message.set(head);
  message.set(result, head.byteLength);
  message[message.byteLength - 1] = 0x7d; // }
  return message;
}
