import type { Session as SignedInSession } from '../../../../auth/authenticator.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Principal } from './principal.ts';

const Session = builder.objectRef<SignedInSession>('Session').implement({
  description: 'The result of a sign-in.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'The token. Send it with every request as `Authorization: Bearer TOKEN`.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When the token expires. Subscriptions end then; resume them with a new token.',
    }),
    principal: t.expose('principal', { type: Principal, description: 'The user who signed in.' }),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'Credentials.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'Name of the account.' }),
    password: t.string({ required: true, description: 'Its password.' }),
  }),
});

const SignInResult = builder.unionType('SignInResult', {
  description: 'A session, or why the sign-in was refused.',
  types: [Session, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Session'),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInResult,
    description:
      'Sign in with a password. Requires no token. Attempts are limited for each account and address, so that passwords cannot be guessed.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Credentials.' }) },
    resolve: (_, { input }, { app, address }) =>
      orRefusal(() => app.authenticator.signIn(input.username, input.password, address)),
  }),
);
