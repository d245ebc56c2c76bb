import { newId } from '../../../core/ids.ts';
import {
  MAX_DELIVERIES,
  type WebhookDeliveries,
  type WebhookDeliveryRecord,
  type WebhookDeliveryState,
  type WebhookEvent,
} from '../../../core/workflows/webhooks.ts';
import type { Prisma, Transactions } from '../../connections/transactions.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from '../paginate.ts';

interface DeliveriesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

interface DeliveryRow {
  readonly id: string;
  readonly webhookId: string;
  readonly tenant: string;
  readonly event: string;
  readonly runId: string;
  readonly body: string;
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly finishedAt: Date | null;
}

/** The table `webhook_deliveries`. */
export function createWebhookDeliveries({ prisma, transactions }: DeliveriesDeps): WebhookDeliveries {
  return {
    list: (webhookId, state, page) => {
      const where = { webhookId, ...(state && { state }) };
      return paginate(
        {
          prefix: 'msg',
          newestFirst: true,
          find: async (range, direction, take) => {
            const rows = await prisma.webhookDelivery.findMany({
              where: { ...where, ...idInRange(range) },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toDelivery) };
          },
          count: async () => toTotalCount(await prisma.webhookDelivery.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    find: async (tenant, id) => {
      const row = await prisma.webhookDelivery.findFirst({ where: { id, tenant } });
      return row ? toDelivery(row) : undefined;
    },
    add: async (deliveries, now) => {
      if (deliveries.length === 0) return;
      await transactions.run(async (tx) => {
        for (const { position, webhookId, ...delivery } of deliveries) {
          const key = { webhookId, position: BigInt(position) };
          const fresh = { id: newId('msg'), state: 'PENDING', attempts: 0, createdAt: now, nextAt: now };
          const create = { ...delivery, ...key, ...fresh };
          await tx.webhookDelivery.upsert({ where: { webhookId_position: key }, create, update: {} });
        }
      });
    },
    countWaiting: (webhookId, limit) =>
      prisma.webhookDelivery.count({ where: { webhookId, nextAt: { not: null } }, take: limit }),
    nextDue: async (after, now) => {
      const where = { webhookId: { gt: after }, nextAt: { lte: now } };
      const row = await prisma.webhookDelivery.findFirst({
        where,
        orderBy: { webhookId: 'asc' },
        select: { webhookId: true },
      });
      return row?.webhookId;
    },
    claim: async (webhookId, limit, now, until) => {
      const where = { webhookId, nextAt: { lte: now } };
      const due = await prisma.webhookDelivery.findMany({ where, orderBy: { nextAt: 'asc' }, take: limit });
      const claimed: WebhookDeliveryRecord[] = [];
      for (const row of due) {
        const { id, nextAt } = row;
        const data = { nextAt: until, attempts: row.attempts + 1 };
        // With the expected value: of several nodes, only one finds the row unchanged.
        const { count } = await transactions.write((client) =>
          client.webhookDelivery.updateMany({ where: { id, nextAt }, data }),
        );
        if (count === 1) claimed.push(toDelivery({ ...row, ...data }));
      }
      return claimed;
    },
    finish: async ({ id, nextAt: claimedUntil = null }, { state, lastStatus, lastError, nextAt }, at) => {
      const data = {
        ...{ state, lastStatus: lastStatus ?? null, lastError: lastError ?? null, nextAt: nextAt ?? null },
        finishedAt: state === 'PENDING' ? null : at,
      };
      await transactions.write((client) =>
        client.webhookDelivery.updateMany({ where: { id, nextAt: claimedUntil }, data }),
      );
    },
    retry: async (id, now) => {
      const data = { state: 'PENDING', attempts: 0, nextAt: now, finishedAt: null };
      await transactions.write((client) => client.webhookDelivery.updateMany({ where: { id }, data }));
    },
    trim: async (webhookId, before) => {
      const [last] = await prisma.webhookDelivery.findMany({
        ...{ where: { webhookId }, orderBy: { id: 'desc' }, select: { id: true }, skip: MAX_DELIVERIES, take: 1 },
      });
      const isOld = { OR: [{ createdAt: { lt: before } }, ...(last ? [{ id: { lte: last.id } }] : [])] };
      const where = { webhookId, state: { not: 'PENDING' }, ...isOld };
      await transactions.write((client) => client.webhookDelivery.deleteMany({ where }));
    },
  };
}

function toDelivery(row: DeliveryRow): WebhookDeliveryRecord {
  const { id, webhookId, tenant, runId, body, attempts, createdAt, nextAt, lastStatus, lastError, finishedAt } = row;
  return {
    ...{ id, webhookId, tenant, runId, body, attempts, createdAt },
    event: row.event as WebhookEvent,
    state: row.state as WebhookDeliveryState,
    ...(nextAt && { nextAt }),
    ...(lastStatus !== null && { lastStatus }),
    ...(lastError !== null && { lastError }),
    ...(finishedAt && { finishedAt }),
  };
}
