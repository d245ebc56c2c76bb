import { readFile } from 'node:fs/promises';
import { withDevAccounts } from '../auth/dev-accounts.ts';
import { checkPassword, hashPassword } from '../auth/password.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import type { AccountKey } from '../core/accounts/accounts.ts';
import { systemClock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { parsePolicy } from '../policy/rules/parse-policy.ts';
import { UsageError } from './errors.ts';
import { printPages } from './print-pages.ts';
import type { VerbContext } from './verb.ts';
import { withStore } from './with-store.ts';

interface Options {
  readonly roles?: string;
  readonly subject?: string;
  readonly tenant?: string;
}

/** The accounts of a tenant, in the order of their creation; not those of development mode. */
export async function listUsers(
  ctx: VerbContext,
  _: readonly unknown[],
  { tenant = DEFAULT_TENANT }: Options,
): Promise<undefined> {
  await withStore(readEnvironment(ctx.env), ({ accounts }) =>
    printPages(
      ctx,
      (page) => accounts.list(tenant, page),
      ({ username, roles, disabled, subject }) => ({ id: username, tenant, roles, disabled, subject }),
    ),
  );
}

/** @throws Fault BAD_INPUT for a password that is too short, or an unknown role */
export async function addUser(
  { env, print, readSecret }: VerbContext,
  [username = '']: readonly (string | undefined)[],
  options: Options,
): Promise<undefined> {
  const { tenant = DEFAULT_TENANT } = options;
  const roles = (options.roles ?? '').split(',').filter(Boolean);
  const config = readEnvironment(env);
  await checkRoles(config, roles);
  const password = await readSecret(`Password of ${username}`);
  checkPassword(password, username);
  await withStore(config, async ({ accounts }) => {
    const account = await accounts.find(username);
    const subject = account?.subject ?? newId('usr');
    const passwordHash = await hashPassword(password);
    await accounts.put({ subject, username, tenant, roles, passwordHash });
  });
  await print([{ id: username, tenant, roles }]);
}

const STATES = { revoke: 'SIGNED_OUT', disable: 'DISABLED', enable: 'ENABLED' } as const;

/**
 * Of an account by its name, or of anyone by the subject of their tokens.
 * @throws Fault NOT_FOUND for an account that does not exist
 */
export const changeStanding =
  (action: keyof typeof STATES) =>
  async (
    { env, print }: VerbContext,
    [username]: readonly (string | undefined)[],
    { subject, tenant = DEFAULT_TENANT }: Options,
  ): Promise<undefined> => {
    if ((username === undefined) === (subject === undefined))
      throw new UsageError(`user ${action} requires either the name of an account or --subject.`);
    const config = readEnvironment(env);
    const who = await withStore(config, async ({ accounts, standings }) => {
      const all = config.auth.devAccounts ? withDevAccounts(accounts) : accounts;
      const key: AccountKey | undefined =
        username === undefined ? { tenant, subject: subject ?? '' } : await all.find(username);
      if (!key) throw noAccount(username ?? '');
      const now = systemClock.now();
      if (action === 'revoke') await standings.revoke(key, now);
      else await standings.setDisabled(key, action === 'disable', now);
      return key;
    });
    await print([{ id: username ?? who.subject, tenant: who.tenant, state: STATES[action] }]);
  };

export function noAccount(username: string): Fault {
  return new Fault(
    'NOT_FOUND',
    `There is no account ${username}. Name users of an identity provider by --subject and --tenant.`,
  );
}

/** @throws Fault BAD_INPUT for roles that the policy does not declare, which permit nothing */
async function checkRoles({ policy }: Config, roles: readonly string[]): Promise<void> {
  const { roles: declared } = parsePolicy(await readFile(policy.rulesFile, 'utf8'));
  const unknown = roles.find((role) => !declared.has(role));
  if (unknown === undefined) return;
  const names = [...declared.keys()];
  const message = `The policy declares no role ${unknown}.${didYouMean(unknown, names)} Its roles are ${names.join(', ')}.`;
  throw new Fault('BAD_INPUT', message);
}
