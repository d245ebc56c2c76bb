import type { Credentials } from '../../../core/accounts/accounts.ts';
import type { Prisma, Transactions } from '../../connections/transactions.ts';

interface CredentialsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The table `credentials`. It holds only sealed bytes. */
export function createCredentials({ prisma, transactions }: CredentialsDeps): Credentials {
  const one = (tenant: string, subject: string, name: string) => ({ tenant_subject_name: { tenant, subject, name } });
  return {
    find: async (tenant, subject, name) => {
      const row = await prisma.credential.findUnique({ where: one(tenant, subject, name) });
      return row?.sealed;
    },
    put: async (tenant, subject, name, bytes) => {
      const sealed = Uint8Array.from(bytes);
      await transactions.write((client) =>
        client.credential.upsert({
          where: one(tenant, subject, name),
          create: { tenant, subject, name, sealed },
          update: { sealed },
        }),
      );
    },
    remove: async (tenant, subject, name) => {
      const { count } = await transactions.write((client) =>
        client.credential.deleteMany({ where: { tenant, subject, name } }),
      );
      return count > 0;
    },
  };
}
