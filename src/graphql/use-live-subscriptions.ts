import type { Plugin } from 'graphql-yoga';
import type { Subscribe } from '../surfaces/graphql/subscriptions/live-subscription.ts';
import type { Context } from './context.ts';

/** Subscriptions as server-sent events: the same results, made once, as over WebSocket. */
export function useLiveSubscriptions(subscribe: Subscribe): Plugin<Context> {
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}
