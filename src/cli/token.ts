import { parseArgs } from 'node:util';
import { createApiTokens } from '../auth/api-tokens.ts';
import { withDevAccounts } from '../auth/dev-accounts.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import { systemClock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { DEFAULT_TENANT, type User } from '../core/principal.ts';
import type { Store } from '../store/open-store.ts';
import { EXIT, printLine, UsageError } from './output.ts';
import { withStore } from './with-store.ts';

const PAGE_SIZE = 100;
const DAY_MS = 86_400_000;

/**
 * `token create`, which prints the token on standard output, `token list` and `token revoke`: API tokens of accounts, and of subjects
 * of an identity provider.
 * @throws Fault NOT_FOUND, BAD_INPUT
 */
export async function token(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ user: { type: 'string' }, subject: { type: 'string' }, tenant: { type: 'string', default: DEFAULT_TENANT } },
      ...{ roles: { type: 'string' }, days: { type: 'string' } },
    },
  });
  const [action, operand, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('token takes one name or id.');
  const { user: username, subject, tenant } = values;
  const config = readEnvironment(env);
  if (action === 'create') {
    if (operand === undefined || (username === undefined) === (subject === undefined))
      throw new UsageError('token create requires a name, and either --user or --subject.');
    const roles = values.roles?.split(',').filter(Boolean);
    if (subject !== undefined && !roles) throw new UsageError('token create --subject requires --roles.');
    await withStore(config, async (store) => {
      const owner = await findOwner(config, store, username ?? { subject: subject ?? '', tenant, roles: roles ?? [] });
      const request = { name: operand, roles: roles ?? owner.roles, ...endAfter(values.days) };
      // The operator vouches for the owner now, as a sign-in would.
      const signedIn = { kind: 'user', ...owner, issuedAt: systemClock.now() } as const;
      printLine((await tokensOf(config, store).create(signedIn, request)).text);
    });
    return EXIT.success;
  }
  if (action === 'list') {
    await withStore(config, (store) => listTokens(config, store, tenant));
    return EXIT.success;
  }
  if (action !== 'revoke' || operand === undefined) throw new UsageError('token requires create, list, or revoke ID.');
  const revoked = await withStore(config, (store) => tokensOf(config, store).revoke({ tenant }, operand));
  if (!revoked) throw new Fault('NOT_FOUND', `Tenant ${tenant} has no API token ${operand}. See: token list.`);
  printLine(`${revoked.name} of ${revoked.username} is revoked.`);
  return EXIT.success;
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
  if (!account) {
    const message = `There is no account ${who}. Name users of an identity provider by --subject and --tenant.`;
    throw new Fault('NOT_FOUND', message);
  }
  const { subject, username, tenant, roles } = account;
  return { subject, username, tenant, roles };
}

function endAfter(days: string | undefined): { readonly expiresAt?: Date } {
  if (days === undefined) return {};
  if (!/^[1-9]\d{0,3}$/.test(days)) throw new UsageError('--days must be a whole number of days.');
  return { expiresAt: new Date(systemClock.now().getTime() + Number(days) * DAY_MS) };
}

/** One line for each token, with tabs: id, owner, name, roles, expiry, last use. */
async function listTokens(config: Config, store: Store, tenant: string): Promise<void> {
  for (let after: string | undefined; ; ) {
    const page = await tokensOf(config, store).list({ tenant }, { first: PAGE_SIZE, ...(after && { after }) });
    for (const { node } of page.edges) {
      const { id, username, name, roles, expiresAt, lastUsedAt } = node;
      const times = [expiresAt.toISOString(), lastUsedAt?.toISOString() ?? 'never used'];
      printLine([id, username, name, roles.join(','), ...times].join('\t'));
    }
    if (!page.hasNextPage) return;
    after = page.endCursor;
  }
}
