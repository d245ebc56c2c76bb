import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { isRefused, refusable } from '../refusable.ts';
import { Refusal } from './refusal.ts';
import { Session } from './session.ts';
import { SignInInput } from './sign-in-input.ts';

export const SignInResult = builder.unionType('SignInResult', {
  description: 'A session, or why there is none.',
  types: [Session, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Session'),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInResult,
    description:
      'Sign in with a password. Open to everybody; limited for each account and address, so that passwords cannot be guessed.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
    resolve: (_, { input }, { app, address }) =>
      refusable(() => app.authenticator.signIn(input.username, input.password, address)),
  }),
);
