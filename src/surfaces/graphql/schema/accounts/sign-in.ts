import type { Session as SignedInSession } from '../../../../auth/authenticator.ts';
import type { SignedIn } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
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

const SignedOut = builder.objectRef<SignedIn>('SignedOut').implement({
  description: 'A sign-in that has ended.',
  fields: (t) => ({
    principal: t.field({ type: Principal, description: 'The user who signed out.', resolve: (who) => who }),
  }),
});

const SignOutResult = builder.unionType('SignOutResult', {
  description: 'The user who signed out, or why the request was refused.',
  types: [SignedOut, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'SignedOut'),
});

builder.mutationField('signOut', (t) =>
  t.field({
    type: SignOutResult,
    description:
      'End the sign-in or the session of the token that this request has: that token, those that were renewed from it, and their streams, on all nodes within a second. API tokens that you created stay. Refused with an API token and with a token of an identity provider.',
    extensions: { cost: 100 },
    resolve: (_, _args, ctx) =>
      orRefusal(async () => {
        const who = requireUser(ctx);
        await ctx.app.authenticator.signOut(who);
        return who;
      }),
  }),
);

builder.mutationField('renewSession', (t) =>
  t.field({
    type: SignInResult,
    description:
      'Another token for the holder of one from `signIn`, before that ends; the old one stays valid until then. At most `SESSION_HOURS` after the sign-in, with the roles that the account has today; whatever revokes the old token revokes the new one. Refused with a session cookie, which is extended while it is used, and with an API token.',
    extensions: { cost: 10 },
    resolve: (_, _args, ctx) => orRefusal(() => ctx.app.authenticator.renew(requireUser(ctx))),
  }),
);

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
