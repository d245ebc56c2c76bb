import { createApiTokens } from '../auth/api-tokens.ts';
import { withDevAccounts } from '../auth/dev-accounts.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import type { AccessToken } from '../core/accounts/access-tokens.ts';
import { systemClock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { DEFAULT_TENANT, type User } from '../core/principal.ts';
import type { Store } from '../store/open-store.ts';
import { UsageError } from './errors.ts';
import { printPages } from './print-pages.ts';
import { noAccount } from './user.ts';
import type { VerbContext } from './verb.ts';
import { withStore } from './with-store.ts';

const DAY_MS = 86_400_000;

interface Options {
  readonly user?: string;
  readonly subject?: string;
  readonly tenant?: string;
  readonly roles?: string;
  readonly days?: string;
}

/** Of an account, or of a subject of an identity provider. @throws Fault NOT_FOUND, BAD_INPUT */
export async function createToken(
  ctx: VerbContext,
  [name = '']: readonly (string | undefined)[],
  options: Options,
): Promise<undefined> {
  const { user: username, subject, tenant = DEFAULT_TENANT } = options;
  if ((username === undefined) === (subject === undefined))
    throw new UsageError('token create requires either --user or --subject.');
  const roles = options.roles?.split(',').filter(Boolean);
  if (subject !== undefined && !roles) throw new UsageError('token create --subject requires --roles.');
  if (ctx.output === 'id')
    throw new UsageError('-o id would lose the token, which is shown once. Use -o json for both.');
  const end = endAfter(options.days);
  const config = readEnvironment(ctx.env);
  const { text, token } = await withStore(config, async (store) => {
    const owner = await findOwner(config, store, username ?? { subject: subject ?? '', tenant, roles: roles ?? [] });
    // The operator vouches for the owner now, as a sign-in would.
    const signedIn = { kind: 'user', ...owner, issuedAt: systemClock.now() } as const;
    return tokensOf(config, store).create(signedIn, { name, roles: roles ?? owner.roles, ...end });
  });
  if (ctx.output !== 'table') return ctx.print([{ ...rowOf(token), token: text }]).then(() => undefined);
  await ctx.say(text);
  ctx.note(`${token.id} is valid until ${token.expiresAt.toISOString()}. The token is not shown again.`);
  return undefined;
}

export async function listTokens(
  ctx: VerbContext,
  _: readonly unknown[],
  { tenant = DEFAULT_TENANT }: Options,
): Promise<undefined> {
  const config = readEnvironment(ctx.env);
  await withStore(config, (store) => printPages(ctx, (page) => tokensOf(config, store).list({ tenant }, page), rowOf));
}

export async function revokeToken(
  { env, print }: VerbContext,
  [id = '']: readonly (string | undefined)[],
  { tenant = DEFAULT_TENANT }: Options,
): Promise<undefined> {
  const config = readEnvironment(env);
  const revoked = await withStore(config, (store) => tokensOf(config, store).revoke({ tenant }, id));
  if (!revoked) {
    const message = `Tenant ${tenant} has no API token ${id}. signalbox token list shows those that it has.`;
    throw new Fault('NOT_FOUND', message);
  }
  await print([rowOf(revoked)]);
}

function rowOf({ id, username, name, roles, expiresAt, lastUsedAt }: AccessToken) {
  return { id, user: username, name, roles, expiresAt: expiresAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() };
}

function tokensOf({ auth }: Config, { accessTokens }: Store) {
  return createApiTokens({ accessTokens, clock: systemClock, maxDays: auth.apiTokenDays });
}

async function findOwner(
  { auth }: Config,
  { accounts }: Store,
  who: string | Pick<User, 'subject' | 'tenant' | 'roles'>,
): Promise<User> {
  if (typeof who !== 'string') return { ...who, username: who.subject };
  const account = await (auth.devAccounts ? withDevAccounts(accounts) : accounts).find(who);
  if (!account) throw noAccount(who);
  const { subject, username, tenant, roles } = account;
  return { subject, username, tenant, roles };
}

function endAfter(days: string | undefined): { readonly expiresAt?: Date } {
  if (days === undefined) return {};
  if (!/^[1-9]\d{0,3}$/.test(days)) throw new UsageError('--days must be a whole number of days.');
  return { expiresAt: new Date(systemClock.now().getTime() + Number(days) * DAY_MS) };
}
