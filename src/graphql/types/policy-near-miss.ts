import type { NearMiss } from '../../core/policy.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { PolicyRule } from './policy-rule.ts';

export const PolicyNearMiss = builder.objectRef<NearMiss>('PolicyNearMiss').implement({
  description: 'A rule that would have matched but for one part.',
  fields: (t) => ({
    rule: t.expose('rule', { type: PolicyRule, description: 'The rule.' }),
    missed: t.exposeString('missed', {
      description: 'The column that did not match: `role`, `action`, `uri` or `schema`.',
    }),
  }),
});
