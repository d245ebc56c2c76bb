import { isApiTokenHolder } from '../../../../auth/api-tokens.ts';
import type { AccessToken, TokenOwner } from '../../../../core/accounts/access-tokens.ts';
import { Fault } from '../../../../core/errors.ts';
import type { User } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Principal } from './principal.ts';

const ApiToken = builder.objectRef<AccessToken>('ApiToken');
ApiToken.implement({
  description:
    'A token with which a program acts for its owner. The server keeps only its SHA-256, so that its text cannot be shown again.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Permanent ID. It is no secret.' }),
    name: t.exposeString('name', { description: 'Name that its owner chose.' }),
    owner: t.field({
      type: Principal,
      description: 'For whom it acts, with the roles of the token.',
      resolve: ({ subject, username, tenant, roles, expiresAt }): User & { expiresAt: Date } => ({
        ...{ subject, username, tenant, roles, expiresAt },
      }),
    }),
    roles: t.exposeStringList('roles', {
      description: 'Roles that it may use, as long as its owner has them.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it expires.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to about ten minutes. Null until it was used.',
    }),
  }),
});

const NewApiToken = builder.objectRef<{ readonly text: string; readonly token: AccessToken }>('NewApiToken').implement({
  description: 'A token that was created.',
  fields: (t) => ({
    token: t.exposeString('text', {
      description:
        'The token, which is shown only now. Send it with every request as `Authorization: Bearer TOKEN`. It begins with `sbx_`.',
    }),
    apiToken: t.field({ type: ApiToken, description: 'What is stored of it.', resolve: ({ token }) => token }),
  }),
});

const CreateApiTokenResult = builder.unionType('CreateApiTokenResult', {
  description: 'The token, or why the request was refused.',
  types: [NewApiToken, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'NewApiToken'),
});

const ApiTokenResult = builder.unionType('ApiTokenResult', {
  description: 'The token that was revoked, or why the request was refused.',
  types: [ApiToken, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'ApiToken'),
});

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A token for a program.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Where it is used, for you: 1 to 100 characters.' }),
    roles: t.stringList({
      required: true,
      description: 'At least one of your roles. The token never has a role that you do not have any more.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires. At most `API_TOKEN_MAX_DAYS` from now; default: in 90 days.',
    }),
  }),
});

const ApiTokenConnection = createConnectionType('ApiToken', ApiToken);

builder.queryField('apiTokens', (t) =>
  t.field({
    type: ApiTokenConnection,
    description:
      'Your API tokens that are not revoked, newest first; expired ones for a day. With `ofTenant`, those of all users of your tenant: requires permission for `account:tokens`.',
    extensions: { cost: 20 },
    args: {
      ofTenant: t.arg.boolean({
        defaultValue: false,
        description: 'Those of all users of your tenant. Default: false.',
      }),
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, { ofTenant, ...page }, ctx) => {
      const owner = ofTenant === true ? authorizeTenantTokens(ctx) : requireUser(ctx);
      return ctx.app.apiTokens.list(ownerOf(owner), parsePageArgs(page));
    },
  }),
);

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreateApiTokenResult,
    description:
      'Create a token for a program that acts for you. At most 100 at a time. What revokes the sign-in from which you create it revokes the token too. Refused with an API token. Requires permission for `mutation:createApiToken`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'The token.' }) },
    resolve: (_, { input: { name, roles, expiresAt } }, ctx) =>
      orRefusal(async () => {
        const who = requireUser(ctx);
        ctx.app.gate.pass(who, { action: 'mutation:createApiToken' });
        const created = await ctx.app.apiTokens.create(who, { name, roles, expiresAt: expiresAt ?? undefined });
        const { id, subject, tenant } = created.token;
        ctx.app.logger.info('api_token.created', { id, subject, tenant, roles, address: ctx.address });
        return created;
      }),
  }),
  revokeApiToken: t.field({
    type: ApiTokenResult,
    description:
      'End an API token and its streams, on all nodes within a second. Yours, or one of another user of your tenant: that requires permission for `account:tokens`.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: 'ID of the token.' }) },
    resolve: (_, { id }, ctx) =>
      orRefusal(async () => {
        const who = requireUser(ctx);
        // A program may end its own token, not the others of its owner.
        const isOwn = !isApiTokenHolder(who) || (who.kind === 'user' && who.accessToken?.id === String(id));
        const own = isOwn ? await ctx.app.apiTokens.revoke(ownerOf(who), String(id)) : undefined;
        const token = own ?? (await ctx.app.apiTokens.revoke(authorizeTenantTokens(ctx), String(id)));
        if (!token) throw new Fault('NOT_FOUND', `There is no API token ${id}. List them with apiTokens.`);
        ctx.app.logger.info('api_token.revoked', { id: token.id, subject: token.subject, by: who.subject });
        return token;
      }),
  }),
}));

function ownerOf({ tenant, subject }: TokenOwner): TokenOwner {
  return { tenant, ...(subject !== undefined && { subject }) };
}

/** @throws Fault UNAUTHENTICATED, FORBIDDEN */
function authorizeTenantTokens(ctx: Context): TokenOwner {
  const who = requireUser(ctx);
  ctx.app.gate.pass(who, { action: 'account:tokens' });
  return { tenant: who.tenant };
}
