import { sqltag as sql } from '@prisma/client/runtime/client';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma } from '../connections/transactions.ts';
import { jsonList } from '../search/text-index.ts';

/** Finds the artifacts that the tables refer to. */
export interface ArtifactReferences {
  /** The digests among these that a row of any tenant refers to. */
  filterReferenced(digests: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createArtifactReferences(prisma: Prisma, kind: DatabaseConfig['kind']): ArtifactReferences {
  /** Jumps in the index from one tenant to the next, past all runs of a tenant. */
  const tenants = async () => {
    const names: string[] = [];
    for (;;) {
      const where = names.length === 0 ? {} : { tenant: { gt: names.at(-1) as string } };
      const next = await prisma.run.findFirst({ where, orderBy: { tenant: 'asc' }, select: { tenant: true } });
      if (!next) return names;
      names.push(next.tenant);
    }
  };

  return {
    filterReferenced: async (digests) => {
      if (digests.length === 0) return new Set();
      // The query names the tenants because the indexes start with them; the first row of a digest is enough.
      const names = jsonList(kind, await tenants());
      const rows = await prisma.$queryRaw<{ digest: string }[]>(sql`
        SELECT d.value AS digest FROM (${jsonList(kind, digests)}) AS d WHERE
          EXISTS (SELECT 1 FROM (${names}) AS t CROSS JOIN artifacts a WHERE a.tenant = t.value AND a.digest = d.value)
          OR EXISTS (SELECT 1 FROM (${names}) AS t CROSS JOIN steps s WHERE s.tenant = t.value AND s.output_digest = d.value)`);
      return new Set(rows.map(({ digest }) => digest));
    },
  };
}
