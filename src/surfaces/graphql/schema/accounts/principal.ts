import type { User } from '../../../../core/principal.ts';
import { builder } from '../builder/builder.ts';

export const Principal = builder.objectRef<User & { readonly expiresAt?: Date }>('Principal').implement({
  description: 'Somebody who signed in, as the token says.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'What identifies them for ever (the claim `sub`).' }),
    username: t.exposeString('username', { description: 'What they are called.' }),
    tenant: t.exposeString('tenant', {
      description: 'Whose data they work with. Nothing is ever read across tenants.',
    }),
    roles: t.exposeStringList('roles', { description: 'What the policy has rules for.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When their token ends. Null where it is about the past, such as who started a run.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Principal,
    nullable: true,
    description: 'Who you are, as the server sees you. Null when you are not signed in.',
    resolve: (_, _args, { principal }) => (principal.kind === 'anonymous' ? null : principal),
  }),
);
