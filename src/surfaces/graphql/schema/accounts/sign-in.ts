import type { Session as SignedInSession } from '../../../../auth/authenticator.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Principal } from './principal.ts';

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

export const SignInInput = builder.inputType('SignInInput', {
  description: 'Who signs in.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'The name of the account.' }),
    password: t.string({ required: true, description: 'Its password.' }),
  }),
});

export const SignInResult = builder.unionType('SignInResult', {
  description: 'A session, or why there is none.',
  types: [Session, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Session'),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInResult,
    description:
      'Sign in with a password. Open to everybody; limited for each account and address, so that passwords cannot be guessed.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
    resolve: (_, { input }, { app, address }) =>
      orRefusal(() => app.authenticator.signIn(input.username, input.password, address)),
  }),
);
