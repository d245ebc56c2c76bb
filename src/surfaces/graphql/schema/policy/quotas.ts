import { QUOTAS } from '../../../../core/accounts/accounts.ts';
import type { QuotaView } from '../../../../engine/gate/quotas.ts';
import { scopeOf } from '../../../../policy/visibility.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';

const QuotaScope = builder.enumType('QuotaScope', {
  description: 'Whose use a quota limits.',
  values: {
    PRINCIPAL: { description: 'One user.' },
    TENANT: { description: 'All users of a tenant together.' },
  },
});

const Quota = builder.objectRef<QuotaView>('Quota').implement({
  description: 'How much of something one user, or one tenant, may have, and has.',
  fields: (t) => ({
    name: t.exposeString('quota', { description: 'Its name, as in refusals and in the setting `QUOTAS`.' }),
    description: t.string({ description: 'What is counted.', resolve: ({ quota }) => QUOTAS[quota].description }),
    unit: t.string({
      description: 'Unit of `limit` and `used`, such as `bytes`.',
      resolve: ({ quota }) => QUOTAS[quota].unit,
    }),
    scope: t.field({
      type: QuotaScope,
      description: 'Whether it limits a user or a tenant.',
      resolve: ({ holder }) => (holder === 'tenant' ? 'TENANT' : 'PRINCIPAL'),
    }),
    holder: t.exposeString('holderName', { description: 'Name of that user or tenant.' }),
    limit: t.expose('limit', { type: 'SafeInt', description: 'What exceeds it is refused with THROTTLED.' }),
    used: t.expose('used', {
      type: 'SafeInt',
      description:
        'What is used now. Of runs in progress, streams and uploads: on this node. Of daily quotas: since midnight UTC.',
    }),
  }),
});

builder.queryField('quotas', (t) =>
  t.field({
    type: [Quota],
    description:
      'Quotas of the caller; and those of the tenant, when the caller may see all its runs. Requires permission for `query:quotas`.',
    extensions: { cost: 5 },
    resolve: async (_, _args, ctx) => {
      const { gate, policy, quotas } = ctx.app;
      const who = requireUser(ctx);
      gate.pass(who, { action: 'query:quotas' });
      const scope = scopeOf(who, policy);
      return [...(await quotas.list(who, scope !== undefined && scope.subject === undefined))];
    },
  }),
);
