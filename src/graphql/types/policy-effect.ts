import type { PolicyEffect as Effect } from '../../core/policy.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const PolicyEffect = builder.enumType('PolicyEffect', {
  description: 'What a rule does with a request that it matches. What no rule matches is denied; DENY wins over all.',
  values: {
    ALLOW: { description: 'It may be done.' },
    DENY: { description: 'It may not be done, whatever other rules say.' },
    APPROVE: { description: 'It may be done once a person has agreed.' },
    THROTTLE: { description: 'It may be done, but only as often as the obligation says.' },
  } satisfies Record<Effect, object>,
});
