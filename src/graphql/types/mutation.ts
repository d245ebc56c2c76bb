import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.mutationType({
  description:
    'Actions. Each takes one `input` and answers with what was asked for, or with a `Refusal` that says why nothing was done. Every command has a field here; each run of one is decided by the policy and recorded.',
});
