import type { WorkspaceUsage } from '../../core/accounts/accounts.ts';
import type { Transactions } from '../connections/transactions.ts';
import { addToQuota } from './quota-usage.ts';

/** The table `workspaces`, and the counters of its quotas. */
export function createWorkspaceUsage({ transactions }: { readonly transactions: Transactions }): WorkspaceUsage {
  return {
    record: ({ id, who }, { bytes, files }, at) =>
      transactions.run(async (tx) => {
        // Locks the counters first, so that what is read next stays valid.
        await addToQuota(tx, { who, quota: 'workspaceFiles', amount: 0, at });
        const before = await tx.workspace.findUnique({ where: { runId: id } });
        const moreFiles = files - Number(before?.files ?? 0);
        const moreBytes = bytes - Number(before?.bytes ?? 0);
        const row = { bytes: BigInt(bytes), files: BigInt(files) };
        const { tenant, subject } = who;
        const create = { runId: id, tenant, subject, ...row };
        await tx.workspace.upsert({ where: { runId: id }, create, update: row });
        const add = (quota: 'workspaceFiles' | 'workspaceBytes', amount: number) =>
          addToQuota(tx, { who, quota, amount, at });
        return [
          { quota: 'workspaceFiles', amount: moreFiles, use: await add('workspaceFiles', moreFiles) },
          { quota: 'workspaceBytes', amount: moreBytes, use: await add('workspaceBytes', moreBytes) },
        ];
      }),
  };
}
