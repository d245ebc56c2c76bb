import { builder } from './builder.ts';

builder.queryType({
  description:
    'Reads. They change nothing and may be repeated. `health`, `viewer` and `catalog` require no token; all other fields do.',
});

builder.mutationType({
  description:
    'Actions. Each has one `input`, and returns its result or a `Refusal` that says why nothing was done. Every command has a field here. The policy decides about each run, and each run is recorded.',
});

builder.subscriptionType({
  description:
    'The journal, live; and workers, which are not a part of it. Keep the cursor of the last batch, and pass it as `after` on reconnection to continue without gap or repetition. Over WebSocket (`graphql-transport-ws`) or server-sent events, at the same path.',
});
