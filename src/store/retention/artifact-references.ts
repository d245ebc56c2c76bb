import type { Prisma } from '../connections/transactions.ts';

/** Which artifacts the tables refer to. */
export interface ArtifactReferences {
  /** Those of the digests that a row of any tenant names. */
  filterReferenced(digests: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createArtifactReferences(prisma: Prisma): ArtifactReferences {
  /** From one entry of the index to the next, past all runs of a tenant. */
  const tenants = async () => {
    const found: string[] = [];
    for (;;) {
      const where = found.length === 0 ? {} : { tenant: { gt: found.at(-1) as string } };
      const next = await prisma.run.findFirst({ where, orderBy: { tenant: 'asc' }, select: { tenant: true } });
      if (!next) return found;
      found.push(next.tenant);
    }
  };

  return {
    filterReferenced: async (digests) => {
      if (digests.length === 0) return new Set();
      // The tenants are named because the indexes begin with them.
      const [tenant, among] = [{ in: await tenants() }, { in: [...digests] }];
      const artifacts = await prisma.artifact.groupBy({ by: ['digest'], where: { tenant, digest: among } });
      const steps = await prisma.step.groupBy({ by: ['outputDigest'], where: { tenant, outputDigest: among } });
      return new Set([...artifacts.map(({ digest }) => digest), ...steps.flatMap((row) => row.outputDigest ?? [])]);
    },
  };
}
