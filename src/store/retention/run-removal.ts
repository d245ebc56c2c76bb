import { isFinalRunState, RUN_STATES, type RunState } from '../../core/states.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';
import { createQuotaChanges } from '../rows/quota-changes.ts';

const ENDED_STATES = { in: RUN_STATES.filter(isFinalRunState) };

/** Maximum runs that one statement scans, runs that one transaction removes, and their events together. */
const SCAN_PAGE_RUNS = 500;
const MAX_BATCH_RUNS = 50;
const MAX_BATCH_EVENTS = 5_000;

/** Events of one run that one statement removes: a few milliseconds of the event loop. */
const MAX_STATEMENT_EVENTS = 2_000;

interface RunRemovalDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

interface RemovedBatch {
  readonly runs: number;
  /** Digests of their outputs and artifacts; other runs may have the same. */
  readonly digests: readonly string[];
}

/**
 * Removes the runs that ended before a time, oldest first, one batch for each step of the iterator. A run whose parent has
 * not ended is kept until the parent has ended.
 */
export function createRunRemoval({
  prisma,
  transactions,
}: RunRemovalDeps): (endedBefore: Date) => AsyncIterable<RemovedBatch> {
  return async function* (endedBefore) {
    // A run that ended before the time was created before it, and ids are in order of creation.
    const below = `run_${endedBefore.getTime().toString(16).padStart(12, '0')}`;
    for (let above = 'run_'; ; ) {
      const page = await prisma.run.findMany({
        where: { id: { gt: above, lt: below } },
        orderBy: { id: 'asc' },
        take: SCAN_PAGE_RUNS,
        select: { id: true, seq: true, state: true, finishedAt: true },
      });
      const old = page.filter(
        ({ state, finishedAt }) =>
          isFinalRunState(state as RunState) && finishedAt !== null && finishedAt < endedBefore,
      );
      for (const ids of splitBatches(old)) {
        const removed = await transactions.run((tx) => removeBatch(tx, ids, endedBefore));
        if (removed.runs > 0) yield removed;
      }
      if (page.length < SCAN_PAGE_RUNS) return;
      above = page.at(-1)?.id ?? below;
    }
  };
}

function splitBatches(runs: readonly { readonly id: string; readonly seq: number }[]): string[][] {
  const batches: string[][] = [];
  let [batch, events]: [string[], number] = [[], 0];
  for (const { id, seq } of runs) {
    if (batch.length === MAX_BATCH_RUNS || (batch.length > 0 && events + seq > MAX_BATCH_EVENTS)) {
      batches.push(batch);
      [batch, events] = [[], 0];
    }
    batch.push(id);
    events += seq;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

async function removeBatch(tx: Transaction, ids: readonly string[], endedBefore: Date): Promise<RemovedBatch> {
  // Locks the row that every append locks: until this ends, what is read here stays valid, and no run starts again.
  await tx.$executeRaw`UPDATE journal SET floor = floor WHERE id = 1`;
  const runs = await tx.run.findMany({
    where: { id: { in: [...ids] }, state: ENDED_STATES, finishedAt: { lt: endedBefore } },
    select: { id: true, tenant: true, subject: true, parentId: true, seq: true, headPosition: true },
  });
  const parents = await tx.run.findMany({
    where: { id: { in: runs.flatMap(({ parentId }) => parentId ?? []) }, state: { notIn: ENDED_STATES.in } },
    select: { id: true },
  });
  const busy = new Set(parents.map(({ id }) => id));
  const removed = runs.filter(({ parentId }) => parentId === null || !busy.has(parentId));
  const where = { runId: { in: removed.map(({ id }) => id) } };
  const artifacts = await tx.artifact.groupBy({ by: ['digest'], where });
  const outputs = await tx.step.groupBy({ by: ['outputDigest'], where: { ...where, outputText: null } });

  const sizes = await tx.artifact.groupBy({ by: ['runId'], where, _count: true, _sum: { size: true } });
  const held = new Map(sizes.map((row) => [row.runId, row]));
  const workspaces = await tx.workspace.findMany({ where });
  const returned = createQuotaChanges();
  for (const { bytes, files, ...holder } of workspaces) {
    returned.add(holder, 'workspaceFiles', -Number(files));
    returned.add(holder, 'workspaceBytes', -Number(bytes));
  }
  for (const run of removed) {
    returned.add(run, 'artifacts', -(held.get(run.id)?._count ?? 0));
    returned.add(run, 'artifactBytes', -Number(held.get(run.id)?._sum.size ?? 0n));
  }
  for (const { amount, ...row } of returned.rows()) {
    await tx.quotaUse.updateMany({ where: row, data: { used: { increment: amount } } });
  }

  await tx.workspace.deleteMany({ where });
  await tx.toolCall.deleteMany({ where });
  await tx.tokenUse.deleteMany({ where });
  await tx.approval.deleteMany({ where });
  await tx.runLabel.deleteMany({ where });
  await tx.artifact.deleteMany({ where });
  await tx.step.deleteMany({ where });
  await tx.message.deleteMany({ where });
  for (const { id, seq } of removed) {
    for (let last = Math.min(MAX_STATEMENT_EVENTS, seq); ; last = Math.min(last + MAX_STATEMENT_EVENTS, seq)) {
      await tx.event.deleteMany({ where: { runId: id, seq: { lte: last } } });
      if (last === seq) break;
    }
  }
  await tx.run.deleteMany({ where: { id: where.runId } });
  const floor = removed.reduce((most, { headPosition }) => (headPosition > most ? headPosition : most), 0n);
  await tx.journal.updateMany({ where: { id: 1, floor: { lt: floor } }, data: { floor } });
  const digests = [...artifacts.map(({ digest }) => digest), ...outputs.flatMap((row) => row.outputDigest ?? [])];
  return { runs: removed.length, digests: [...new Set(digests)] };
}
