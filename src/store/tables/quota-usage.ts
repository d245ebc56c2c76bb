import {
  assertRoom,
  QUOTA_NAMES,
  QUOTAS,
  type QuotaName,
  type QuotaTable,
  type QuotaUsage,
  type QuotaUse,
} from '../../core/accounts/accounts.ts';
import type { User } from '../../core/principal.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';
import { WHOLE_TENANT } from '../rows/quota-changes.ts';

/** How the amounts of one principal change; negative amounts are given back. */
type QuotaAmounts = Readonly<Partial<Record<QuotaName, number>>>;

interface QuotaUsageDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly limits: QuotaTable;
}

type Client = Pick<Transaction, '$executeRaw' | 'quotaUse'>;

/** The table `quota_usage`: counters that change in the transaction of the rows that they count. */
export function createQuotaUsage({ prisma, transactions, limits }: QuotaUsageDeps): QuotaUsage {
  return {
    used: async (who, at) => {
      const subjects = { in: [WHOLE_TENANT, who.subject] };
      const rows = await prisma.quotaUse.findMany({ where: { tenant: who.tenant, subject: subjects } });
      const today = dayOf(at);
      const amountOf = (quota: QuotaName, subject: string) => {
        const row = rows.find((each) => each.quota === quota && each.subject === subject);
        return row && (QUOTAS[quota].counts !== 'day' || row.day >= today) ? Number(row.used) : 0;
      };
      const stored = QUOTA_NAMES.filter((quota) => QUOTAS[quota].counts !== 'node');
      return new Map(
        stored.map((quota) => [
          quota,
          { principal: amountOf(quota, who.subject), tenant: amountOf(quota, WHOLE_TENANT) },
        ]),
      );
    },
    take: (who, quota, amount, at) =>
      transactions.run((tx) => changeQuotas(tx, { who, amounts: { [quota]: amount }, limits, at })),
  };
}

interface QuotaChange {
  /** With an empty subject, only the tenant's counters change. */
  readonly who: User;
  readonly amounts: QuotaAmounts;
  readonly limits: QuotaTable;
  readonly at: Date;
}

/**
 * Changes the counters of a principal and its tenant within a transaction. Each row stays locked until the transaction ends,
 * so that a concurrent one counts this one too; the rows are always changed in the same order.
 * @throws Fault THROTTLED if an amount that grows exceeds its limit; the caller's transaction must then be rolled back
 */
export async function changeQuotas(tx: Client, { who, amounts, limits, at }: QuotaChange): Promise<void> {
  for (const quota of QUOTA_NAMES) {
    const amount = amounts[quota] ?? 0;
    if (amount === 0) continue;
    const { principal, tenant } = await addToQuota(tx, { who, quota, amount, at });
    const before: QuotaUse = { principal: principal - amount, tenant: tenant - amount };
    if (amount > 0) assertRoom(quota, before, limits[quota], amount, who);
  }
}

/** Changes the counters of one quota, whatever its limit is. @returns what is used afterwards */
export async function addToQuota(
  tx: Client,
  { who, quota, amount, at }: Pick<QuotaChange, 'who' | 'at'> & { readonly quota: QuotaName; readonly amount: number },
): Promise<QuotaUse> {
  const day = QUOTAS[quota].counts === 'day' ? dayOf(at) : '';
  const tenant = await add(tx, { ...who, subject: WHOLE_TENANT, quota, day, amount });
  const principal = who.subject === WHOLE_TENANT ? tenant : await add(tx, { ...who, quota, day, amount });
  return { principal, tenant };
}

/** Locks the counters of a tenant's workflows, so that saves and deletions of a tenant wait for each other. */
export async function lockWorkflowQuotas(tx: Client, tenant: string): Promise<void> {
  await add(tx, { tenant, subject: WHOLE_TENANT, quota: 'workflows', day: '', amount: 0 });
}

interface Addition {
  readonly tenant: string;
  readonly subject: string;
  readonly quota: QuotaName;
  readonly day: string;
  readonly amount: number;
}

/** @returns what is used afterwards. A new day begins at zero, and an earlier one no longer changes. */
async function add(tx: Client, { tenant, subject, quota, day, amount }: Addition): Promise<number> {
  await tx.$executeRaw`
    INSERT INTO quota_usage (tenant, subject, quota, day, used)
    VALUES (${tenant}, ${subject}, ${quota}, ${day}, CAST(${Math.max(0, amount)} AS BIGINT))
    ON CONFLICT (tenant, subject, quota) DO UPDATE SET
      used = CASE
        WHEN excluded.day > quota_usage.day THEN excluded.used
        WHEN quota_usage.used + CAST(${amount} AS BIGINT) < 0 THEN 0
        ELSE quota_usage.used + CAST(${amount} AS BIGINT) END,
      day = CASE WHEN excluded.day > quota_usage.day THEN excluded.day ELSE quota_usage.day END`;
  const row = await tx.quotaUse.findUnique({ where: { tenant_subject_quota: { tenant, subject, quota } } });
  return Number(row?.used ?? 0);
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
