import type { ServerResponse } from 'node:http';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from '../request/context.ts';
import type { Subscribe } from '../subscriptions/live-subscription.ts';

/** Subscriptions as server-sent events, with the same shared results as over WebSocket. */
export function useLiveSubscriptions(subscribe: Subscribe): Plugin<Context> {
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}

interface StreamContext {
  readonly res: ServerResponse;
  readonly info: { readonly draining: AbortSignal };
}

/**
 * Cuts off event streams when the server stops. A stream that ended properly would tell its reader that nothing follows;
 * after a cut-off, the reader reconnects with its cursor.
 */
export function useDrainCutoff(): Plugin<object, StreamContext> {
  return {
    onResultProcess({ result, serverContext: { res, info } }) {
      if (!isAsyncIterable(result)) return;
      const cut = () => res.destroy();
      info.draining.addEventListener('abort', cut, { once: true });
      res.once('close', () => info.draining.removeEventListener('abort', cut));
    },
  };
}
