import type { WorkerRestriction, WorkerRestrictions } from '../../core/runtime.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { followTable, lockTable, type WatchChanges } from './follow-table.ts';

interface WorkerRestrictionsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly logger: Logger;
  readonly watch: WatchChanges;
}

/** The table `worker_restrictions` with a copy in memory. */
export async function openWorkerRestrictions(deps: WorkerRestrictionsDeps): Promise<WorkerRestrictions> {
  const { prisma, transactions, kind: database, logger, watch } = deps;
  const inForce = new Map<string, WorkerRestriction>();
  const drained = new Set<string>();
  /** Workers of which a key was revoked, and those keys; neither is taken back. */
  const revoked = { workers: new Set<string>(), keys: new Set<string>() };
  const listeners = new Set<(restriction: WorkerRestriction) => void>();
  let revision = 0n;

  const readChanges = async () => {
    const rows = await prisma.workerRestriction.findMany({
      where: { revision: { gt: revision } },
      orderBy: { revision: 'asc' },
    });
    for (const { kind, workerId, key, username, at, active, revision: newest } of rows) {
      const restriction = { kind: kind as WorkerRestriction['kind'], workerId, key, by: username, at };
      const name = JSON.stringify([kind, workerId, key]);
      // The newest is the last one.
      inForce.delete(name);
      if (active) inForce.set(name, restriction);
      if (kind === 'REVOKED') {
        revoked.workers.add(workerId);
        if (key !== '') revoked.keys.add(key);
      } else if (active) drained.add(workerId);
      else drained.delete(workerId);
      revision = newest;
      for (const listener of [...listeners]) listener(restriction);
    }
  };
  const { refresh, close } = await followTable({ table: 'worker_restrictions', readChanges, watch, logger });

  const write = async ({ kind, workerId, key, by: username, at }: WorkerRestriction, active: boolean) => {
    await transactions.run(async (tx) => {
      await lockTable(tx, database, 'worker_restrictions');
      const { _max } = await tx.workerRestriction.aggregate({ _max: { revision: true } });
      const change = { active, username, at, revision: (_max.revision ?? 0n) + 1n };
      await tx.workerRestriction.upsert({
        where: { kind_workerId_key: { kind, workerId, key } },
        create: { kind, workerId, key, ...change },
        update: change,
      });
    });
    await refresh();
  };
  return {
    isDrained: (workerId) => drained.has(workerId),
    isRevoked: (workerId, key) => (key === '' ? revoked.workers.has(workerId) : revoked.keys.has(key)),
    list: () => [...inForce.values()],
    add: (restriction) => write(restriction, true),
    remove: (restriction) => write(restriction, false),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close,
  };
}
