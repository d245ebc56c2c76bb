import type { Session as SignedInSession } from '../../auth/authenticator.ts';
import { Principal } from '../../surfaces/graphql/schema/accounts/principal.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Session = builder.objectRef<SignedInSession>('Session').implement({
  description: 'What a sign-in gives.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'Send it with every request as `Authorization: Bearer TOKEN`.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token ends. Subscriptions end with it and go on with a new one.',
    }),
    principal: t.expose('principal', { type: Principal, description: 'Who signed in.' }),
  }),
});
