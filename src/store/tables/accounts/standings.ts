import type { AccountKey, AccountStandings, Standing } from '../../../core/accounts/accounts.ts';
import type { Role } from '../../../core/principal.ts';
import type { Logger } from '../../../core/telemetry.ts';
import { ownerKey } from '../../../lib/fair-queue.ts';
import type { DatabaseConfig } from '../../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../../connections/transactions.ts';
import { type FollowedTable, followTable, lockTable, type WatchChanges } from '../follow-table.ts';

interface StandingsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly logger: Logger;
  readonly watch: WatchChanges;
}

/** The table `standings` with a copy in memory. */
export type Standings = AccountStandings & FollowedTable;

const ROWS_PER_READ = 1_000;
const UNKNOWN: Standing = { state: 'unknown', notBefore: null };

/** Resolves once all standings are in memory. */
export async function openStandings({ prisma, transactions, kind, logger, watch }: StandingsDeps): Promise<Standings> {
  const standings = new Map<string, Standing>();
  const listeners = new Map<string, Set<() => void>>();
  let revision = 0n;

  const readChanges = async () => {
    for (let wasFull = true; wasFull; ) {
      const rows = await prisma.standing.findMany({
        where: { revision: { gt: revision } },
        orderBy: { revision: 'asc' },
        take: ROWS_PER_READ,
      });
      wasFull = rows.length === ROWS_PER_READ;
      if (rows.length === 0) return;
      const users = await prisma.user.findMany({
        where: { subject: { in: rows.filter(({ local }) => local).map(({ subject }) => subject) } },
        select: { subject: true, tenant: true, roles: true },
      });
      const rolesOf = new Map(users.map((user) => [ownerKey(user), JSON.parse(user.roles) as Role[]]));
      for (const row of rows) {
        const key = ownerKey(row);
        standings.set(key, toStanding(row, rolesOf.get(key)));
        revision = row.revision;
        for (const listener of [...(listeners.get(key) ?? [])]) listener();
      }
    }
  };
  const { refresh, close } = await followTable({ table: 'standings', readChanges, watch, logger });

  const write = async (who: AccountKey, change: Pick<StandingChange, 'notBefore' | 'disabled'>) => {
    await transactions.run(async (tx) => {
      await lockTable(tx, kind, 'standings');
      await changeStanding(tx, who, change);
    });
    await refresh();
  };
  return {
    standingOf: (who) => standings.get(ownerKey(who)) ?? UNKNOWN,
    watch: (who, listener) => {
      const key = ownerKey(who);
      const own = listeners.get(key) ?? new Set();
      listeners.set(key, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(key) === own) listeners.delete(key);
      };
    },
    revoke: (who, at) => write(who, { notBefore: at }),
    setDisabled: (who, disabled, at) => write(who, { notBefore: at, disabled }),
    refresh,
    close,
  };
}

interface StandingChange {
  readonly notBefore?: Date;
  readonly disabled?: boolean;
  readonly local?: boolean;
}

/** Requires `lockTable`. */
export async function changeStanding(
  tx: Transaction,
  { tenant, subject }: AccountKey,
  change: StandingChange,
): Promise<void> {
  const { _max } = await tx.standing.aggregate({ _max: { revision: true } });
  const revision = (_max.revision ?? 0n) + 1n;
  await tx.standing.upsert({
    where: { tenant_subject: { tenant, subject } },
    create: { tenant, subject, local: false, disabled: false, ...change, revision },
    update: { ...change, revision },
  });
}

function toStanding(
  { local, disabled, notBefore }: { local: boolean; disabled: boolean; notBefore: Date | null },
  roles: readonly Role[] | undefined,
): Standing {
  if (disabled || (local && !roles)) return { state: 'gone' };
  return roles ? { state: 'current', roles, notBefore } : { state: 'unknown', notBefore };
}
