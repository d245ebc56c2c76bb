import type { AccountRecord, Accounts } from '../../../core/accounts/accounts.ts';
import type { Clock } from '../../../core/clock.ts';
import { Fault } from '../../../core/errors.ts';
import type { Role } from '../../../core/principal.ts';
import type { DatabaseConfig } from '../../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../../connections/transactions.ts';
import { lockTable } from '../follow-table.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from '../paginate.ts';
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
    create: async ({ subject, username, tenant, roles, passwordHash }) => {
      const row = { subject, username, tenant, roles: JSON.stringify(roles), passwordHash };
      await transactions.run(async (tx) => {
        await lockTable(tx, kind, 'standings');
        if (await tx.user.findUnique({ where: { username } }))
          throw new Fault('CONFLICT', `The user name ${username} is taken. Choose another.`);
        await tx.user.create({ data: row });
        await changeStanding(tx, row, { local: true });
      });
      await standings.refresh();
    },
    change: async ({ tenant, subject, roles: expected }, { roles, passwordHash, disabled, at, keeps }) => {
      const changed = await transactions.run(async (tx) => {
        await lockTable(tx, kind, 'standings');
        const row = await tx.user.findFirst({ where: { tenant, subject } });
        if (!row) throw new Fault('NOT_FOUND', 'This account was removed meanwhile. List the accounts again.');
        if (row.roles !== JSON.stringify(expected))
          throw new Fault(
            'CONFLICT',
            `Somebody has changed the roles of ${row.username} meanwhile. Look at them again.`,
          );
        const kept = keeps?.(await rolesOfEnabled(tx, tenant)) ?? false;
        const data = { ...(roles && { roles: JSON.stringify(roles) }), ...(passwordHash && { passwordHash }) };
        const updated = await tx.user.update({ where: { subject }, data });
        const isRevoked = passwordHash !== undefined || disabled !== undefined;
        await changeStanding(tx, row, {
          ...(disabled !== undefined && { disabled }),
          ...(isRevoked && { notBefore: at }),
        });
        if (kept && !keeps?.(await rolesOfEnabled(tx, tenant))) throw nobodyLeft(row.username);
        const standing = await tx.standing.findUnique({ where: { tenant_subject: { tenant, subject } } });
        return toRecord(updated, standing?.disabled === true);
      });
      await standings.refresh();
      return changed;
    },
    list: async (tenant, page) => {
      const found = await paginate(
        {
          prefix: 'usr',
          newestFirst: false,
          find: async (range, direction, take) => {
            const where = { tenant, subject: idInRange(range).id };
            const rows = await prisma.user.findMany({ where, orderBy: { subject: direction }, take });
            const subjects = rows.map(({ subject }) => subject);
            const off = await prisma.standing.findMany({
              where: { tenant, disabled: true, subject: { in: subjects } },
            });
            const disabled = new Set(off.map(({ subject }) => subject));
            return {
              entries: rows.map((row) => ({ id: row.subject, account: toRecord(row, disabled.has(row.subject)) })),
            };
          },
          count: async () => toTotalCount(await prisma.user.count({ where: { tenant }, take: COUNTED_ENTRIES })),
        },
        page,
      );
      return { ...found, edges: found.edges.map(({ cursor, node }) => ({ cursor, node: node.account })) };
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

/** The different sets of roles of the accounts of a tenant that are not disabled. */
async function rolesOfEnabled(tx: Transaction, tenant: string): Promise<readonly (readonly Role[])[]> {
  const rows = await tx.$queryRaw<{ roles: string }[]>`
    SELECT DISTINCT users.roles FROM users
    LEFT JOIN standings ON standings.tenant = users.tenant AND standings.subject = users.subject AND standings.disabled
    WHERE users.tenant = ${tenant} AND standings.subject IS NULL`;
  return rows.map(({ roles }) => JSON.parse(roles) as Role[]);
}

function toRecord(
  { subject, username, tenant, roles }: Omit<AccountRecord, 'roles' | 'disabled'> & { readonly roles: string },
  disabled: boolean,
): AccountRecord {
  return { subject, username, tenant, roles: JSON.parse(roles) as Role[], disabled };
}

function nobodyLeft(username: string): Fault {
  const message = `Without ${username} as it is, no enabled account of this tenant could undo this. Give its roles to another account first.`;
  return new Fault('CONFLICT', message);
}
