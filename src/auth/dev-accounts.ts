import type { Account, Accounts } from '../core/accounts.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';
import { hashPassword } from './password.ts';

/** Who may sign in on a developer's own machine, with the user name as password. */
export const devAccounts = [
  { username: 'admin', password: 'admin', roles: ['admin'] },
  { username: 'alice', password: 'alice', roles: ['analyst'] },
  { username: 'bob', password: 'bob', roles: ['user'] },
] as const;

/**
 * The accounts, and before them the dev accounts. Those live in memory only: were they stored, anybody could sign in
 * as admin once the same data is used in production. Each is hashed when first asked for, so that starting is quick.
 */
export function withDevAccounts(accounts: Accounts): Accounts {
  const made = new Map<string, Promise<Account>>();
  const make = async ({ username, password, roles }: (typeof devAccounts)[number]): Promise<Account> => ({
    subject: `dev:${username}`,
    username,
    tenant: DEFAULT_TENANT,
    roles,
    passwordHash: await hashPassword(password),
  });
  return {
    async find(username) {
      const known = devAccounts.find((account) => account.username === username);
      if (known === undefined) return accounts.find(username);
      const account = made.get(username) ?? make(known);
      made.set(username, account);
      return account;
    },
    put: (account) => accounts.put(account),
  };
}
