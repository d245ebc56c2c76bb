import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

builder.queryType({
  description:
    'Reads. They change nothing and may be sent again. `health`, `viewer` and `catalog` are open to everybody; everything else needs a token.',
});
