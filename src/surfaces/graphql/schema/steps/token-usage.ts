import type { TokenCounts } from '../../../../core/event.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Step } from '../nodes/refs.ts';

export const TokenUsage = builder.objectRef<TokenCounts & { readonly limit?: number }>('TokenUsage').implement({
  description:
    'Tokens of language models, as their endpoints reported them; an answer without a report counts nothing.',
  fields: (t) => ({
    input: t.field({ type: 'SafeInt', description: 'Tokens of the requests.', resolve: ({ input }) => input }),
    output: t.field({ type: 'SafeInt', description: 'Tokens of the answers.', resolve: ({ output }) => output }),
    limit: t.field({
      type: 'SafeInt',
      nullable: true,
      description:
        'Maximum of both together that a run may use now (`LLM_TOKENS_PER_RUN`). Null unless it is the usage of a run.',
      resolve: ({ limit }) => limit ?? null,
    }),
  }),
});

builder.objectField(Step, 'usage', (t) =>
  t.field({
    type: TokenUsage,
    nullable: true,
    description: 'Tokens that its agent used, in all attempts. Null when none were reported.',
    extensions: { cost: 20 },
    resolve: async ({ runId, key }, _args, ctx) =>
      (await ctx.app.reader.tokensOfStep(callerScope(ctx), runId, key)) ?? null,
  }),
);
