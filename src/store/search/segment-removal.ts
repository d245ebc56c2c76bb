import { sqltag as sql } from '@prisma/client/runtime/client';
import type { DatabaseConfig } from '../connections/database-config.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { indexedTo, jsonList } from './text-index.ts';
import { RUN_ID_LENGTH } from './trigrams.ts';

/** Segments whose positions one statement reads. */
const SEGMENTS_PER_READ = 500;

interface SegmentRemovalDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
}

/**
 * Removes the segments of the text index of which no run is left, up to the position that retention has reached. The newest one stays,
 * because the index continues after it.
 */
export async function removeEmptySegments({ prisma, transactions, kind }: SegmentRemovalDeps): Promise<void> {
  const newest = await indexedTo(prisma);
  const journal = await prisma.journal.findUnique({ where: { id: 1 }, select: { floor: true } });
  for (let above = 0; ; ) {
    const segments = await prisma.searchSegment.findMany({
      where: { position: { gt: above, lt: newest, lte: Number(journal?.floor ?? 0) } },
      orderBy: { position: 'asc' },
      take: SEGMENTS_PER_READ,
      select: { position: true },
    });
    for (const { position } of segments) {
      if (await hasRuns(prisma, kind, position)) continue;
      await transactions.write((client) => client.searchTrigram.deleteMany({ where: { position: BigInt(position) } }));
      await transactions.write((client) => client.searchSegment.deleteMany({ where: { position } }));
    }
    if (segments.length < SEGMENTS_PER_READ) return;
    above = Number(segments.at(-1)?.position);
  }
}

async function hasRuns(prisma: Prisma, kind: DatabaseConfig['kind'], position: number): Promise<boolean> {
  const segment = await prisma.searchSegment.findUnique({ where: { position } });
  const ids = segment?.runs.match(new RegExp(`.{${RUN_ID_LENGTH}}`, 'g')) ?? [];
  const rows = await prisma.$queryRaw<object[]>(sql`
    SELECT r.id FROM (${jsonList(kind, ids)}) AS ids CROSS JOIN runs r WHERE r.id = ids.value LIMIT 1`);
  return rows.length > 0;
}
