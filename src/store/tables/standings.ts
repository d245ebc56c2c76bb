import { type AccountKey, type AccountStandings, STANDING_DELAY_MS, type Standing } from '../../core/accounts.ts';
import type { Role } from '../../core/principal.ts';
import type { Logger } from '../../core/telemetry.ts';
import { ownerKey } from '../../lib/fair-queue.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';

interface StandingsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly logger: Logger;
  /** Calls back when another process may have changed a standing. Undefined if the database cannot tell: then the table is read regularly. */
  readonly watch: ((onChange: () => void) => void) | undefined;
}

/** The channel on which transactions that change standings announce it. */
export const STANDINGS_CHANNEL = 'signalbox_standings';

/** The table `standings` with a copy in memory, which follows the changes of all processes. */
export interface Standings extends AccountStandings {
  /** Reads what has changed since the last time. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const REFRESH_INTERVAL_MS = STANDING_DELAY_MS / 2;
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
  let last: Promise<void> = readChanges();
  await last;
  const refresh = () => {
    last = last.then(readChanges, readChanges);
    return last;
  };

  let isStale = false;
  let refreshing = false;
  let isDue = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const follow = async () => {
    isDue = true;
    if (refreshing || isClosed) return;
    refreshing = true;
    try {
      while (isDue) {
        isDue = false;
        await refresh();
      }
      isStale = false;
    } catch (error) {
      if (!isStale) logger.warn('store.standings_stale', { reason: String(error) });
      isStale = true;
    } finally {
      refreshing = false;
    }
    if (!isClosed && (isStale || !watch)) timer = setTimeout(() => void follow(), REFRESH_INTERVAL_MS).unref();
  };
  if (watch) watch(() => void follow());
  // A change between the first read and the watch would be missed.
  void follow();

  const write = async (who: AccountKey, change: Pick<StandingChange, 'notBefore' | 'disabled'>) => {
    await transactions.run(async (tx) => {
      await lockStandings(tx, kind);
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
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await last.catch(() => {});
    },
  };
}

interface StandingChange {
  readonly notBefore?: Date;
  readonly disabled?: boolean;
  readonly local?: boolean;
}

/**
 * Must be the first statement of a transaction that changes standings: it makes such transactions wait for each other until
 * they are committed, so that revisions become visible in their order and a reader misses none.
 */
export async function lockStandings(tx: Transaction, kind: DatabaseConfig['kind']): Promise<void> {
  // On SQLite any statement that writes takes the lock.
  if (kind === 'sqlite') await tx.$executeRaw`UPDATE standings SET revision = revision WHERE FALSE`;
  else {
    await tx.$executeRaw`LOCK TABLE standings IN SHARE ROW EXCLUSIVE MODE`;
    // Delivered when the transaction is committed.
    await tx.$executeRaw`SELECT pg_notify(${STANDINGS_CHANNEL}, '')`;
  }
}

/** Requires `lockStandings`. */
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
