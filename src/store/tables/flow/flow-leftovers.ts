import { Fault } from '../../../core/errors.ts';
import { NEVER } from '../../../core/leases.ts';
import { type FlowLeftovers, type FlowTicket, MAX_WAITING_OF_KEY } from '../../../core/workflows/flow-control.ts';
import type { Prisma } from '../../connections/transactions.ts';

const MAX_LEFTOVERS = 500;
/** A ticket is written before its run, which comes at once or never. */
const NO_RUN_AFTER_MS = 60_000;

/** See `FlowTickets.leftovers`. */
export async function readLeftovers(prisma: Prisma, after: string, now: Date): Promise<FlowLeftovers> {
  const where = { runId: { gt: after } };
  const rows = await prisma.flowTicket.findMany({ where, orderBy: { runId: 'asc' }, take: MAX_LEFTOVERS });
  if (rows.length === 0) return { tickets: 0, ended: [], stranded: [], after: '' };
  const ids = rows.map(({ runId }) => runId);
  const select = { id: true, state: true, dueAt: true } as const;
  const runs = await prisma.run.findMany({ where: { id: { in: ids } }, select });
  const runOf = new Map(runs.map((run) => [run.id, run]));
  const isEnded = ({ runId, enqueuedAt }: Pick<FlowTicket, 'runId' | 'enqueuedAt'>) => {
    const run = runOf.get(runId);
    return run ? run.dueAt === null : now.getTime() - enqueuedAt.getTime() > NO_RUN_AFTER_MS;
  };
  const isStranded = ({ runId, state }: { readonly runId: string; readonly state: string }) => {
    const run = runOf.get(runId);
    return state === 'ACTIVE' && run?.state === 'PENDING' && run.dueAt === BigInt(NEVER);
  };
  const idOf = ({ runId }: { readonly runId: string }) => runId;
  return {
    tickets: rows.length,
    ended: rows.filter(isEnded).map(idOf),
    stranded: rows.filter(isStranded).map(idOf),
    after: rows.length === MAX_LEFTOVERS ? (ids.at(-1) ?? '') : '',
  };
}

export function refusedFault(workflow: string, key: string, active: number, limit: number): Fault {
  const message = `${active} runs of ${workflow} with the key ${JSON.stringify(key)} are active, and its document refuses more than ${limit}. Try again when one has ended.`;
  return new Fault('THROTTLED', message, { retryAfterMs: 1_000, details: { key, limit } });
}

export function tooManyFault(workflow: string, key: string): Fault {
  const message = `${MAX_WAITING_OF_KEY} runs of ${workflow} with the key ${JSON.stringify(key)} wait for their turn. Try again when some have ended.`;
  return new Fault('THROTTLED', message, { retryAfterMs: 60_000, details: { key, limit: MAX_WAITING_OF_KEY } });
}
