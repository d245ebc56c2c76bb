import type { QuotaTable } from '../../../core/accounts/accounts.ts';
import type { Scope, User } from '../../../core/principal.ts';
import type { WebhookDisabledReason, WebhookEvent, WebhookRecord, Webhooks } from '../../../core/workflows/webhooks.ts';
import type { Prisma, Transaction, Transactions } from '../../connections/transactions.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from '../paginate.ts';
import { changeQuotas } from '../quota-usage.ts';

interface WebhooksDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly quotas: QuotaTable;
}

interface WebhookRow {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
  readonly principal: string;
  readonly url: string;
  readonly events: string;
  readonly workflow: string | null;
  readonly secret: Uint8Array;
  readonly since: bigint;
  readonly createdAt: Date;
  readonly failingSince: Date | null;
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
}

/** The table `webhooks`. */
export function createWebhooks({ prisma, transactions, quotas: limits }: WebhooksDeps): Webhooks {
  const headOf = async (client: Pick<Transaction, 'journal'>) => (await client.journal.findFirst())?.position ?? 0n;
  return {
    create: (webhook) =>
      transactions.run(async (tx) => {
        const { principal: who, createdAt: at } = webhook;
        await changeQuotas(tx, { who, amounts: { webhooks: 1 }, limits, at });
        const { events, secret, id, tenant, url, workflow = null } = webhook;
        const data = {
          ...{ id, tenant, url, workflow, createdAt: at, subject: who.subject, since: await headOf(tx) },
          ...{ principal: JSON.stringify(who), events: JSON.stringify(events), secret: Uint8Array.from(secret) },
        };
        return toWebhook(await tx.webhook.create({ data }));
      }),
    find: async (scope, id) => {
      const row = await prisma.webhook.findFirst({ where: { id, ...inScope(scope) } });
      return row ? toWebhook(row) : undefined;
    },
    list: (scope, page) => {
      const where = inScope(scope);
      return paginate(
        {
          prefix: 'hook',
          newestFirst: true,
          find: async (range, direction, take) => {
            const rows = await prisma.webhook.findMany({
              where: { ...where, ...idInRange(range) },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toWebhook) };
          },
          count: async () => toTotalCount(await prisma.webhook.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    remove: (scope, id, at) =>
      transactions.run(async (tx) => {
        const row = await tx.webhook.findFirst({ where: { id, ...inScope(scope) } });
        const { count } = await tx.webhook.deleteMany({ where: { id, ...inScope(scope) } });
        if (!row || count === 0) return undefined;
        await tx.webhookDelivery.deleteMany({ where: { webhookId: id } });
        const webhook = toWebhook(row);
        await changeQuotas(tx, { who: webhook.principal, amounts: { webhooks: -1 }, limits, at });
        return webhook;
      }),
    disable: (id, reason, at) =>
      transactions.run(async (tx) => {
        const data = { disabledAt: at, disabledReason: reason };
        const { count } = await tx.webhook.updateMany({ where: { id, disabledAt: null }, data });
        if (count === 1) await tx.webhookDelivery.updateMany({ where: { webhookId: id }, data: { nextAt: null } });
        return count === 1;
      }),
    enable: (id, at) =>
      transactions.run(async (tx) => {
        const data = { disabledAt: null, disabledReason: null, failingSince: null, since: await headOf(tx) };
        const { count } = await tx.webhook.updateMany({ where: { id, disabledAt: { not: null } }, data });
        if (count === 0) return;
        await tx.webhookDelivery.updateMany({ where: { webhookId: id, state: 'PENDING' }, data: { nextAt: at } });
      }),
    setFailing: async ({ id, failingSince }, since) => {
      if ((failingSince === undefined) === (since === undefined)) return;
      const data = { failingSince: since ?? null };
      await transactions.write((client) => client.webhook.updateMany({ where: { id }, data }));
    },
    exist: async () => (await prisma.webhook.findFirst({ where: { disabledAt: null }, select: { id: true } })) !== null,
    enabledOf: async (tenants) => {
      const where = { tenant: { in: [...tenants] }, disabledAt: null };
      return (await prisma.webhook.findMany({ where, orderBy: { id: 'asc' } })).map(toWebhook);
    },
  };
}

function inScope({ tenant, subject }: Scope): { tenant: string; subject?: string } {
  return { tenant, ...(subject !== undefined && { subject }) };
}

function toWebhook({ subject: _, ...row }: WebhookRow): WebhookRecord {
  const { id, tenant, url, secret, createdAt, workflow, failingSince, disabledAt, disabledReason } = row;
  return {
    ...{ id, tenant, url, secret, createdAt, since: Number(row.since) },
    principal: JSON.parse(row.principal) as User,
    events: JSON.parse(row.events) as WebhookEvent[],
    ...(workflow !== null && { workflow }),
    ...(failingSince && { failingSince }),
    ...(disabledAt && { disabledAt, disabledReason: disabledReason as WebhookDisabledReason }),
  };
}
