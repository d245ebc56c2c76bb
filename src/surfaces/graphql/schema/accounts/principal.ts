import type { User } from '../../../../core/principal.ts';
import { builder } from '../builder/builder.ts';

export const Principal = builder.objectRef<User & { readonly expiresAt?: Date }>('Principal').implement({
  description: 'A user, as described by their token.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'Permanent ID of the user (the claim `sub`).' }),
    username: t.exposeString('username', { description: 'Name of the user.' }),
    tenant: t.exposeString('tenant', {
      description: 'Tenant whose data they work with. Nothing is ever read across tenants.',
    }),
    roles: t.exposeStringList('roles', { description: 'Their roles, for which the policy has rules.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When their token expires. Null in records of the past, such as who started a run.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Principal,
    nullable: true,
    description: 'You, as described by your token. Null without a token. Requires no token.',
    resolve: (_, _args, { principal }) => (principal.kind === 'anonymous' ? null : principal),
  }),
);
