import type { Accounts } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Role } from '../../core/principal.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { lockTable } from './follow-table.ts';
import { changeStanding, type Standings } from './standings.ts';

interface AccountsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly standings: Pick<Standings, 'refresh'>;
  readonly clock: Clock;
}

/** The table `users`. */
export function createAccounts({ prisma, transactions, kind, standings, clock }: AccountsDeps): Accounts {
  return {
    find: async (username) => {
      const row = await prisma.user.findUnique({ where: { username } });
      return row ? { ...row, roles: JSON.parse(row.roles) as Role[] } : undefined;
    },
    put: async ({ subject, username, tenant, roles, passwordHash }) => {
      const row = { subject, username, tenant, roles: JSON.stringify(roles), passwordHash };
      await transactions.run(async (tx) => {
        await lockTable(tx, kind, 'standings');
        const other = await tx.user.findUnique({ where: { subject } });
        if (other && other.username !== username) {
          throw new Fault(
            'CONFLICT',
            `The subject ${subject} belongs to the account ${other.username}; choose another subject.`,
          );
        }
        const former = await tx.user.findUnique({ where: { username } });
        await tx.user.upsert({ where: { username }, create: row, update: row });
        const isMoved = former && (former.tenant !== tenant || former.subject !== subject);
        // Its former self has a standing as a local account without a row in `users`: it is gone.
        if (isMoved) await changeStanding(tx, former, {});
        await changeStanding(tx, row, { local: true, ...(former && { notBefore: clock.now() }) });
      });
      await standings.refresh();
    },
  };
}
