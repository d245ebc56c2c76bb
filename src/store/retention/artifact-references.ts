import type { Prisma } from '../connections/transactions.ts';

/** Finds the artifacts that the tables refer to. */
export interface ArtifactReferences {
  /** The digests among these that a row of any tenant refers to. */
  filterReferenced(digests: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createArtifactReferences(prisma: Prisma): ArtifactReferences {
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
      // The query names the tenants because the indexes start with them.
      const [tenant, among] = [{ in: await tenants() }, { in: [...digests] }];
      const artifacts = await prisma.artifact.groupBy({ by: ['digest'], where: { tenant, digest: among } });
      const steps = await prisma.step.groupBy({ by: ['outputDigest'], where: { tenant, outputDigest: among } });
      return new Set([...artifacts.map(({ digest }) => digest), ...steps.flatMap((row) => row.outputDigest ?? [])]);
    },
  };
}
