import type { Account, AccountStandings, Accounts } from '../core/accounts/accounts.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';
import { hashPassword } from './password.ts';

/** Accounts of a development machine; the password is the user name. */
export const devAccounts = [
  { username: 'admin', password: 'admin', roles: ['admin'] },
  { username: 'alice', password: 'alice', roles: ['analyst'] },
  { username: 'bob', password: 'bob', roles: ['user'] },
] as const;

/**
 * The accounts, preceded by the dev accounts. Those are only in memory: if they were stored, anyone could sign in as
 * admin when the same data is used in production. Each is hashed on first use, so that the server starts quickly.
 */
export function withDevAccounts(accounts: Accounts): Accounts {
  const hashed = new Map<string, Promise<Account>>();
  const make = async ({ username, password, roles }: (typeof devAccounts)[number]): Promise<Account> => ({
    subject: devSubject(username),
    username,
    tenant: DEFAULT_TENANT,
    roles,
    passwordHash: await hashPassword(password),
  });
  return {
    async find(username) {
      const devAccount = devAccounts.find((account) => account.username === username);
      if (devAccount === undefined) return accounts.find(username);
      const account = hashed.get(username) ?? make(devAccount);
      hashed.set(username, account);
      return account;
    },
    put: (account) => accounts.put(account),
    create: (account) => accounts.create(account),
    change: (who, change) => accounts.change(who, change),
    list: (tenant, page) => accounts.list(tenant, page),
  };
}

/**
 * The standings, with those of the dev accounts: current in development, with the `notBefore` of a revocation. Elsewhere
 * they are gone, so that what they left in the same data, such as a schedule, does nothing.
 */
export function withDevStandings(standings: AccountStandings, areEnabled: boolean): AccountStandings {
  return {
    ...standings,
    standingOf: (who) => {
      const account =
        who.tenant === DEFAULT_TENANT && devAccounts.find(({ username }) => devSubject(username) === who.subject);
      const standing = standings.standingOf(who);
      if (!account || standing.state === 'gone') return standing;
      return areEnabled ? { state: 'current', roles: account.roles, notBefore: standing.notBefore } : { state: 'gone' };
    },
  };
}

/** Whether a dev account has this name. */
export function isDevAccount(username: string): boolean {
  return devAccounts.some((account) => account.username === username);
}

function devSubject(username: string): string {
  return `dev:${username}`;
}
