import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context, GraphqlApp } from './context.ts';
import { createSubscribe } from './live-subscription.ts';

/** Executes and serializes each batch once for all subscribers that see the same. */
export function useLiveSubscriptions(schema: GraphQLSchema, app: GraphqlApp): Plugin<Context> {
  const subscribe = createSubscribe(schema, app);
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}
