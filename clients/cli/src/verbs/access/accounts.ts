import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import {
  type AccountRowFragment,
  AccountsDocument,
  CreateAccountDocument,
  SetPasswordDocument,
  UpdateAccountDocument,
} from '../../generated/graphql.ts';
import { parseLimit } from '../../input/limit.ts';
import { parseNames } from '../../input/names.ts';
import { readPasswords } from '../../input/passwords.ts';
import { UsageError } from '../../output/exit-codes.ts';

interface Options {
  readonly limit?: string;
  readonly roles?: string;
  readonly disable?: boolean;
  readonly enable?: boolean;
  readonly passwordStdin?: boolean;
}

export async function list(ctx: Context, _: readonly unknown[], options: Options): Promise<undefined> {
  const limit = parseLimit(options.limit);
  const client = await ctx.client();
  await printPages(ctx, limit, async (page) => (await client.request(AccountsDocument, page, ctx)).accounts, rowOf);
}

export async function create(ctx: Context, [name]: readonly unknown[], options: Options): Promise<undefined> {
  const username = String(name);
  const roles = parseNames('--roles', options.roles ?? '');
  const client = await ctx.client();
  const [password = ''] = await readPasswords(ctx, [{ question: `Password of ${username}`, isNew: true }], options);
  const input = { username, password, roles };
  await ctx.print([rowOf(unwrap((await client.request(CreateAccountDocument, { input }, ctx)).createAccount))]);
}

export async function update(ctx: Context, [name]: readonly unknown[], options: Options): Promise<undefined> {
  const { roles, disable = false, enable = false } = options;
  if (disable && enable) throw new UsageError('An account is disabled or enabled, not both.');
  if (roles === undefined && !disable && !enable)
    throw new UsageError('Say what changes: --roles, --disable or --enable.');
  const input = {
    username: String(name),
    ...(roles !== undefined && { roles: parseNames('--roles', roles) }),
    ...((disable || enable) && { disabled: disable }),
  };
  const client = await ctx.client();
  await ctx.print([rowOf(unwrap((await client.request(UpdateAccountDocument, { input }, ctx)).updateAccount))]);
}

export async function setPassword(ctx: Context, [name]: readonly unknown[], options: Options): Promise<undefined> {
  const client = await ctx.client();
  const own = [
    { question: 'Your current password', isNew: false },
    { question: 'Your new password', isNew: true },
  ];
  const other = [{ question: `New password of ${name}`, isNew: true }];
  const passwords = await readPasswords(ctx, name === undefined ? own : other, options);
  const input = {
    password: passwords.at(-1) ?? '',
    ...(name === undefined ? { currentPassword: passwords[0] } : { username: String(name) }),
  };
  await ctx.print([rowOf(unwrap((await client.request(SetPasswordDocument, { input }, ctx)).setPassword))]);
  if (name === undefined) ctx.note('You are signed out everywhere. Sign in with signalbox login.');
}

function rowOf({ username, tenant, roles, disabled, subject }: AccountRowFragment) {
  return { id: username, tenant, roles, disabled, subject };
}
