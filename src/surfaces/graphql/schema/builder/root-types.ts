import { builder } from './builder.ts';

builder.queryType({
  description:
    'Reads. They change nothing and may be sent again. `health`, `viewer` and `catalog` are open to everybody; everything else needs a token.',
});

builder.mutationType({
  description:
    'Actions. Each takes one `input` and answers with what was asked for, or with a `Refusal` that says why nothing was done. Every command has a field here; each run of one is decided by the policy and recorded.',
});

builder.subscriptionType({
  description:
    'The journal as it grows. A subscription is a cursor: keep the one of the last batch, and after a lost connection pass it as `after` to go on without gap or repeat. Over WebSocket (`graphql-transport-ws`) or server-sent events, at the same path.',
});
