import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.subscriptionType({
  description:
    'The journal as it grows. A subscription is a cursor: keep the one of the last batch, and after a lost connection pass it as `after` to go on without gap or repeat. Over WebSocket (`graphql-transport-ws`) or server-sent events, at the same path.',
});
