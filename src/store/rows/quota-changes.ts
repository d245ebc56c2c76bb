import type { QuotaName } from '../../core/accounts/accounts.ts';
import type { RunState } from '../../core/states.ts';

/** The subject of the row of a whole tenant. */
export const WHOLE_TENANT = '';

/** How much a row of `quota_usage` changes. */
export interface QuotaChangeRow {
  readonly tenant: string;
  /** Empty for the whole tenant. */
  readonly subject: string;
  readonly quota: QuotaName;
  /** Negative when it is given back. */
  readonly amount: number;
}

/** Collects what a transaction changes, as one change of each row. */
export function createQuotaChanges() {
  const rows = new Map<string, { -readonly [Field in keyof QuotaChangeRow]: QuotaChangeRow[Field] }>();

  const add = (holder: { readonly tenant: string; readonly subject: string }, quota: QuotaName, amount: number) => {
    for (const subject of [WHOLE_TENANT, holder.subject]) {
      const key = JSON.stringify([holder.tenant, subject, quota]);
      const row = rows.get(key);
      if (row) row.amount += amount;
      else rows.set(key, { tenant: holder.tenant, subject, quota, amount });
    }
  };

  return {
    add,
    /** A run of the holder is in another state than before; undefined for one that did not exist. */
    addRunState(
      holder: { readonly tenant: string; readonly subject: string },
      before: RunState | undefined,
      after: RunState | undefined,
    ) {
      const amount = Number(after === 'WAITING') - Number(before === 'WAITING');
      if (amount !== 0) add(holder, 'runsWaiting', amount);
    },
    /** In a constant order. */
    rows: (): readonly QuotaChangeRow[] =>
      [...rows.entries()]
        .filter(([, { amount }]) => amount !== 0)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row),
  };
}
