import { Fault } from '../../../core/errors.ts';
import {
  type FlowKey,
  type FlowTicket,
  type FlowTickets,
  MAX_WAITING_OF_KEY,
  type NewTicket,
} from '../../../core/workflows/flow-control.ts';
import type { DatabaseConfig } from '../../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../../connections/transactions.ts';
import { readLeftovers, refusedFault, tooManyFault } from './flow-leftovers.ts';
import { inBatches, type Outcome } from './in-batches.ts';

interface FlowTicketsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
}

interface TicketRow {
  readonly runId: string;
  readonly tenant: string;
  readonly workflow: string;
  readonly key: string;
  readonly maxActive: number;
  readonly state: string;
  readonly enqueuedAt: Date;
  readonly notBefore: Date;
  readonly debounceKey: string | null;
}

/** A run that has waited this long has the turn of one that comes now with the next higher priority. */
const PROMOTE_AFTER_MS = 30_000;
const RANKS = { CRITICAL: 0, INTERACTIVE: 1, BATCH: 2 } as const;
const UNLIMITED = 2 ** 31 - 1;
/** Starts, or ends, that share a transaction. */
const MAX_BATCH = 64;
const IN_TURN = [{ turn: 'asc' }, { runId: 'asc' }] as const;

/** The tables `flow_tickets` and `flow_rates`. */
export function createFlowTickets({ prisma, transactions, kind }: FlowTicketsDeps): FlowTickets {
  /** One at a time for each name, on all nodes. */
  const locked = <T>(names: readonly string[], work: (tx: Transaction) => Promise<T>): Promise<T> =>
    transactions.run(async (tx) => {
      // On SQLite any statement that writes takes the lock of the whole database.
      if (kind === 'sqlite') await tx.$executeRawUnsafe('UPDATE flow_tickets SET turn = turn WHERE FALSE');
      // In one order, so that two never wait for each other.
      else
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(h) FROM
        (SELECT DISTINCT hashtextextended(n, 0) AS h FROM unnest(${[...names]}::text[]) n ORDER BY h) AS locks`;
      return work(tx);
    });

  const enqueueAll = (arrivals: readonly Arrival[]): Promise<readonly Outcome<Enqueued>[]> =>
    locked(
      arrivals.flatMap(({ ticket }) => lockNames(ticket)),
      async (tx) => {
        const counts = await countOf(tx, arrivals);
        const outcomes: Outcome<Enqueued>[] = [];
        for (const arrival of arrivals) {
          try {
            outcomes.push({ value: await enqueueOne(tx, arrival, counts) });
          } catch (error) {
            // Nothing was written for it. Anything else ends the transaction.
            if (!(error instanceof Fault)) throw error;
            outcomes.push({ error });
          }
        }
        return outcomes;
      },
    );
  const enqueue = inBatches(enqueueAll, MAX_BATCH);
  const remove = inBatches(async (runIds: readonly string[]) => {
    await transactions.write((client) => client.flowTicket.deleteMany({ where: { runId: { in: [...runIds] } } }));
    return runIds.map(() => ({ value: undefined }));
  }, MAX_BATCH);

  return {
    enqueue: (ticket, now) => enqueue({ ticket, now }),
    find: async (runId) => {
      const row = await prisma.flowTicket.findUnique({ where: { runId } });
      return row ? toTicket(row) : undefined;
    },
    countAhead: async ({ tenant, workflow, key, runId }, limit) => {
      const own = await prisma.flowTicket.findUnique({ where: { runId } });
      if (own?.state !== 'WAITING') return 0;
      const isBefore = { OR: [{ turn: { lt: own.turn } }, { turn: own.turn, runId: { lt: runId } }] };
      const where = { tenant, workflow, key, state: 'WAITING', ...isBefore };
      return prisma.flowTicket.count({ where, take: limit });
    },
    admit: async ({ tenant, workflow, key }, limit, now) => {
      const ofKey = { tenant, workflow, key };
      const where = { ...ofKey, state: 'WAITING', notBefore: { lte: now } };
      // Most keys that are looked at have no room: no lock is taken for these.
      const first = await prisma.flowTicket.findFirst({ where, orderBy: [...IN_TURN] });
      const used = first && (await prisma.flowTicket.count({ where: { ...ofKey, state: 'ACTIVE' } }));
      if (!first || (used ?? 0) >= first.maxActive) return [];
      return locked([nameOf(ofKey)], async (tx) => {
        let active = await tx.flowTicket.count({ where: { ...ofKey, state: 'ACTIVE' } });
        const next = await tx.flowTicket.findMany({ where, orderBy: [...IN_TURN], take: limit });
        const admitted: string[] = [];
        for (const { runId, maxActive } of next) {
          if (active >= maxActive) break;
          await tx.flowTicket.update({ where: { runId }, data: { state: 'ACTIVE' } });
          admitted.push(runId);
          active += 1;
        }
        return admitted;
      });
    },
    remove,
    nextTenant: async (after, now) => {
      const where = { state: 'WAITING', tenant: { gt: after }, notBefore: { lte: now } };
      const row = await prisma.flowTicket.findFirst({ where, orderBy: { tenant: 'asc' }, select: { tenant: true } });
      return row?.tenant;
    },
    nextKey: async (tenant, now, after) => {
      const later = after && {
        OR: [{ workflow: { gt: after.workflow } }, { workflow: after.workflow, key: { gt: after.key } }],
      };
      const row = await prisma.flowTicket.findFirst({
        where: { state: 'WAITING', tenant, notBefore: { lte: now }, ...later },
        orderBy: [{ workflow: 'asc' }, { key: 'asc' }],
        select: { tenant: true, workflow: true, key: true },
      });
      return row ?? undefined;
    },
    leftovers: async (after, now) => {
      // A rate whose places are all in the past is as good as none.
      const isPast = { tat: { lt: BigInt(now.getTime()) } };
      if (after === '' && (await prisma.flowRate.findFirst({ where: isPast }))) {
        await transactions.write((client) => client.flowRate.deleteMany({ where: isPast }));
      }
      return readLeftovers(prisma, after, now);
    },
  };
}

/** A ticket, and when it came. */
interface Arrival {
  readonly ticket: NewTicket;
  readonly now: Date;
}

type Enqueued = Awaited<ReturnType<FlowTickets['enqueue']>>;

/** How many tickets each key has that wait, and that are active; and those that runs have already. */
interface Counts {
  readonly waiting: Map<string, number>;
  readonly active: Map<string, number>;
  readonly known: ReadonlyMap<string, TicketRow>;
}

const keyOf = ({ tenant, workflow, rules }: NewTicket): FlowKey => {
  return { tenant, workflow, key: rules.concurrency?.key ?? '' };
};

async function countOf(tx: Transaction, arrivals: readonly Arrival[]): Promise<Counts> {
  const runIds = arrivals.map(({ ticket }) => ticket.runId);
  const rows = await tx.flowTicket.findMany({ where: { runId: { in: runIds } } });
  const counts = { waiting: new Map<string, number>(), active: new Map<string, number>() };
  const keys = new Map(arrivals.map(({ ticket }) => [nameOf(keyOf(ticket)), keyOf(ticket)]));
  for (const [name, key] of keys) {
    const countIn = (state: FlowTicket['state']) => tx.flowTicket.count({ where: { ...key, state } });
    counts.active.set(name, await countIn('ACTIVE'));
    counts.waiting.set(name, await countIn('WAITING'));
  }
  return { ...counts, known: new Map(rows.map((row) => [row.runId, row])) };
}

/** @throws Fault THROTTLED before anything is written */
async function enqueueOne(tx: Transaction, { ticket, now }: Arrival, counts: Counts): Promise<Enqueued> {
  const { runId, tenant, workflow, rules } = ticket;
  const known = counts.known.get(runId);
  if (known) return { ticket: toTicket(known), cancel: [] };
  const { limit = UNLIMITED, overflow = 'queue' } = rules.concurrency ?? {};
  const ofKey = keyOf(ticket);
  const name = nameOf(ofKey);
  const active = counts.active.get(name) ?? 0;
  const waiting = counts.waiting.get(name) ?? 0;
  const hasRoom = !rules.concurrency || (active < limit && waiting === 0);
  if (!hasRoom && overflow === 'refuse') throw refusedFault(workflow, ofKey.key, active, limit);
  if (waiting >= MAX_WAITING_OF_KEY) throw tooManyFault(workflow, ofKey.key);
  const cancel = [
    ...(overflow === 'cancel_oldest' ? await takePlaces(tx, ofKey, limit) : []),
    ...(rules.debounce ? await supersede(tx, { tenant, workflow }, rules.debounce.key) : []),
  ];
  const notBefore = new Date(Math.max(await takeRate(tx, ticket, now), now.getTime() + (rules.debounce?.ms ?? 0)));
  const state = hasRoom && notBefore <= now ? 'ACTIVE' : 'WAITING';
  const turn = BigInt(now.getTime() + RANKS[ticket.priority] * PROMOTE_AFTER_MS);
  const debounceKey = rules.debounce?.key ?? null;
  const data = { ...ofKey, runId, maxActive: limit, state, turn, enqueuedAt: now, notBefore, debounceKey };
  const row = await tx.flowTicket.create({ data });
  const ofState = state === 'ACTIVE' ? counts.active : counts.waiting;
  ofState.set(name, (ofState.get(name) ?? 0) + 1);
  return { ticket: toTicket(row), cancel };
}

const nameOf = (key: FlowKey, what = 'concurrency') => JSON.stringify([what, key.tenant, key.workflow, key.key]);

/** What no other run of these keys may change meanwhile. */
function lockNames({ tenant, workflow, rules: { concurrency, rate, debounce } }: NewTicket): readonly string[] {
  return [
    nameOf({ tenant, workflow, key: concurrency?.key ?? '' }),
    ...(rate ? [nameOf({ tenant, workflow, key: rate.key }, 'rate')] : []),
    ...(debounce ? [nameOf({ tenant, workflow, key: debounce.key }, 'debounce')] : []),
  ];
}

/**
 * Takes the next place in the rate of the run, by the generic cell rate algorithm: `limit` runs at once, then one in each
 * `perMs / limit`. @returns when the run may begin, in milliseconds since 1970
 */
async function takeRate(tx: Transaction, { tenant, workflow, rules: { rate } }: NewTicket, now: Date): Promise<number> {
  if (!rate) return now.getTime();
  const id = { tenant, workflow, key: rate.key };
  const where = { tenant_workflow_key: id };
  const row = await tx.flowRate.findUnique({ where });
  const tat = Math.max(Number(row?.tat ?? 0), now.getTime()) + rate.perMs / rate.limit;
  const update = { tat: BigInt(Math.ceil(tat)) };
  await tx.flowRate.upsert({ where, create: { ...id, ...update }, update });
  return Math.max(now.getTime(), Math.ceil(tat - rate.perMs));
}

/** Marks the oldest runs of a key, so many that there is room for one more once they have ended. */
async function takePlaces(tx: Transaction, ofKey: FlowKey, limit: number): Promise<readonly string[]> {
  const where = { ...ofKey, cancelled: false };
  const rows = await tx.flowTicket.findMany({ where, orderBy: { runId: 'asc' }, select: { runId: true } });
  return markCancelled(tx, rows.slice(0, Math.max(0, rows.length - limit + 1)));
}

/** Marks the runs that wait until no other of their key comes: one has come. */
async function supersede(
  tx: Transaction,
  ofWorkflow: Pick<FlowKey, 'tenant' | 'workflow'>,
  debounceKey: string,
): Promise<readonly string[]> {
  const where = { ...ofWorkflow, debounceKey, state: 'WAITING', cancelled: false };
  return markCancelled(tx, await tx.flowTicket.findMany({ where, select: { runId: true } }));
}

async function markCancelled(tx: Transaction, rows: readonly Pick<TicketRow, 'runId'>[]): Promise<readonly string[]> {
  const runIds = rows.map(({ runId }) => runId);
  if (runIds.length > 0) {
    await tx.flowTicket.updateMany({ where: { runId: { in: runIds } }, data: { cancelled: true } });
  }
  return runIds;
}

function toTicket({ debounceKey, maxActive, state, runId, ...row }: TicketRow): FlowTicket {
  const { tenant, workflow, key, enqueuedAt, notBefore } = row;
  return {
    ...{ runId, tenant, workflow, key, enqueuedAt, notBefore },
    state: state as FlowTicket['state'],
    isDebounced: debounceKey !== null,
    ...(maxActive !== UNLIMITED && { limit: maxActive }),
  };
}
