import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';

builder.queryField('secretNames', (t) =>
  t.stringList({
    description:
      'Names of the configured secrets for which a rule of the policy permits you something: to use `secret:NAME` somewhere, possibly after an approval. The place decides when it is used. Never values.',
    extensions: { cost: 100 },
    resolve: (_, _args, ctx) => [...ctx.app.config.secrets.keys()].filter((name) => isUsable(name, ctx)).sort(),
  }),
);

/** Asked without a place: a rule that only wants another place permits it there, unless a rule denies it everywhere. */
function isUsable(name: string, ctx: Context): boolean {
  const explanations = ctx.app.gate.explain(requireUser(ctx), { action: `secret:${name}` });
  return explanations.every(({ decision, nearMisses }) => {
    if (decision.effect !== 'DENY') return true;
    return !decision.rule && nearMisses.some(({ rule, missed }) => missed === 'uri' && rule.effect !== 'DENY');
  });
}
