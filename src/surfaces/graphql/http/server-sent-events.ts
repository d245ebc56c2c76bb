import type { ServerResponse } from 'node:http';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from '../request/context.ts';
import type { Subscribe } from '../subscriptions/live-subscription.ts';

/** Subscriptions as server-sent events: the same results, made once, as over WebSocket. */
export function useLiveSubscriptions(subscribe: Subscribe): Plugin<Context> {
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}

interface StreamContext {
  readonly res: ServerResponse;
  readonly info: { readonly draining: AbortSignal };
}

/**
 * Cuts streams of events off when the server stops. A stream that ended properly would tell its reader that there is no
 * more to come; one that is cut off makes it come back with its cursor.
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
