import type { AccountRecord } from '../../../../core/accounts/accounts.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';

const Account = builder.objectRef<AccountRecord>('Account');
Account.implement({
  description: 'An account of this server, with which a person signs in.',
  fields: (t) => ({
    subject: t.exposeString('subject', { description: 'Permanent ID of the user.' }),
    username: t.exposeString('username', { description: 'Name with which they sign in.' }),
    tenant: t.exposeString('tenant', { description: 'Tenant whose data they work with.' }),
    roles: t.exposeStringList('roles', { description: 'Their roles, for which the policy has rules.' }),
    disabled: t.exposeBoolean('disabled', {
      description: 'They cannot sign in, and nothing is done on their behalf.',
    }),
  }),
});

const AccountConnection = createConnectionType('Account', Account);

const AccountResult = builder.unionType('AccountResult', {
  description: 'The account as it is now, or why the request was refused.',
  types: [Account, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Account'),
});

const CreateAccountInput = builder.inputType('CreateAccountInput', {
  description: 'An account to create in your tenant.',
  fields: (t) => ({
    username: t.string({
      required: true,
      description: 'Name with which the person signs in: 1 to 256 characters, unique on this server.',
    }),
    password: t.string({ required: true, description: 'Its password: 12 characters to 1024 bytes.' }),
    roles: t.stringList({ required: true, description: 'Its roles: at least one, all declared by the policy.' }),
  }),
});

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'A change of an account of your tenant. What is left out stays as it is.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'Name of the account.' }),
    roles: t.stringList({ description: 'All its roles from now on: at least one, all declared by the policy.' }),
    disabled: t.boolean({
      description: 'Disable or enable it. Either signs it out everywhere; its API tokens end for good.',
    }),
  }),
});

const SetPasswordInput = builder.inputType('SetPasswordInput', {
  description: 'A new password.',
  fields: (t) => ({
    username: t.string({ description: 'Name of the account. Default: yours.' }),
    currentPassword: t.string({ description: 'The current password. Required for your own account.' }),
    password: t.string({ required: true, description: 'The new password: 12 characters to 1024 bytes.' }),
  }),
});

builder.queryField('accounts', (t) =>
  t.field({
    type: AccountConnection,
    description:
      'Accounts of your tenant, oldest first; not the accounts of development mode. Requires permission for `account:read`.',
    extensions: { cost: 20 },
    args: {
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => ctx.app.accounts.list(requireUser(ctx), parsePageArgs(page)),
  }),
);

builder.mutationFields((t) => ({
  createAccount: t.field({
    type: AccountResult,
    description:
      'Create an account in your tenant. Requires permission for `account:write` on `role:NAME` for each of its roles, so that nobody gives a role that the policy does not let them give. Refused with an API token. CONFLICT when the user name is taken.',
    extensions: { cost: 500 },
    args: { input: t.arg({ type: CreateAccountInput, required: true, description: 'The account.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => logged(ctx, 'account.created', await ctx.app.accounts.create(requireUser(ctx), input))),
  }),
  updateAccount: t.field({
    type: AccountResult,
    description:
      'Change the roles of an account of your tenant, or disable or enable it. It counts on all nodes within a second: what a role no longer permits ends then. Requires permission for `account:write` on `role:NAME` for each role that the account has or gets. CONFLICT when no enabled account of the tenant would be left that may undo it.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: UpdateAccountInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { username, roles, disabled } }, ctx) =>
      orRefusal(async () => {
        const change = { roles: roles ?? undefined, disabled: disabled ?? undefined };
        return logged(ctx, 'account.changed', await ctx.app.accounts.update(requireUser(ctx), username, change));
      }),
  }),
  setPassword: t.field({
    type: AccountResult,
    description:
      'Replace a password, which signs the account out everywhere and ends its API tokens. Yours, with the current one; attempts are limited as those of `signIn`. Or that of another account of your tenant, which requires permission for `account:write` on `role:NAME` for each of its roles. Refused with an API token.',
    extensions: { cost: 500 },
    args: { input: t.arg({ type: SetPasswordInput, required: true, description: 'The password.' }) },
    resolve: (_, { input: { username, currentPassword, password } }, ctx) =>
      orRefusal(async () => {
        const request = {
          ...{ username: username ?? undefined, currentPassword: currentPassword ?? undefined },
          ...{ password, address: ctx.address },
        };
        return logged(ctx, 'account.password_set', await ctx.app.accounts.setPassword(requireUser(ctx), request));
      }),
  }),
}));

/** Operators see who changed which account. */
function logged(ctx: Context, event: string, account: AccountRecord): AccountRecord {
  const { subject, tenant, roles, disabled } = account;
  ctx.app.logger.info(event, { subject, tenant, roles, disabled, by: requireUser(ctx).subject, address: ctx.address });
  return account;
}
