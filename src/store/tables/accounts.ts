import type { Accounts } from '../../core/accounts.ts';
import { Fault } from '../../core/errors.ts';
import type { Role } from '../../core/principal.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

interface AccountsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The table `users`. */
export function createAccounts({ prisma, transactions }: AccountsDeps): Accounts {
  return {
    find: async (username) => {
      const row = await prisma.user.findUnique({ where: { username } });
      return row ? { ...row, roles: JSON.parse(row.roles) as Role[] } : undefined;
    },
    put: async ({ subject, username, tenant, roles, passwordHash }) => {
      const row = { subject, username, tenant, roles: JSON.stringify(roles), passwordHash };
      const other = await prisma.user.findUnique({ where: { subject } });
      if (other && other.username !== username) {
        throw new Fault(
          'CONFLICT',
          `The subject ${subject} belongs to the account ${other.username}; choose another subject.`,
        );
      }
      await transactions.write((client) => client.user.upsert({ where: { username }, create: row, update: row }));
    },
  };
}
