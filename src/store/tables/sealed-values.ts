import type { SealedValue, SealedValues } from '../../core/accounts/sealed-values.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

const PAGE_ROWS = 100;

interface SealedValuesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The sealed columns of the tables `credentials` and `webhooks`. */
export function createSealedValues({ prisma, transactions }: SealedValuesDeps): SealedValues {
  async function* credentials(): AsyncIterable<SealedValue> {
    for (let last = { tenant: '', subject: '', name: '' }; ; ) {
      const { tenant, subject, name } = last;
      const later = [
        { tenant: { gt: tenant } },
        { tenant, subject: { gt: subject } },
        { tenant, subject, name: { gt: name } },
      ];
      const rows = await prisma.credential.findMany({
        where: { OR: later },
        orderBy: [{ tenant: 'asc' }, { subject: 'asc' }, { name: 'asc' }],
        take: PAGE_ROWS,
      });
      for (const row of rows) yield { kind: 'credential', ...row };
      last = rows.at(-1) ?? last;
      if (rows.length < PAGE_ROWS) return;
    }
  }
  async function* webhooks(): AsyncIterable<SealedValue> {
    for (let last = ''; ; ) {
      const rows = await prisma.webhook.findMany({
        select: { id: true, tenant: true, secret: true },
        where: { id: { gt: last } },
        orderBy: { id: 'asc' },
        take: PAGE_ROWS,
      });
      for (const { id, tenant, secret } of rows) yield { kind: 'webhook', id, tenant, sealed: secret };
      last = rows.at(-1)?.id ?? last;
      if (rows.length < PAGE_ROWS) return;
    }
  }
  return {
    async *all() {
      yield* credentials();
      yield* webhooks();
    },
    replace: async (value, sealed) => {
      const [before, after] = [Uint8Array.from(value.sealed), Uint8Array.from(sealed)];
      const { count } = await transactions.write((client) => {
        if (value.kind === 'webhook') {
          const { id } = value;
          return client.webhook.updateMany({ where: { id, secret: before }, data: { secret: after } });
        }
        const { tenant, subject, name } = value;
        return client.credential.updateMany({
          where: { tenant, subject, name, sealed: before },
          data: { sealed: after },
        });
      });
      return count > 0;
    },
  };
}
