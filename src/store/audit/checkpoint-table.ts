import { setImmediate } from 'node:timers/promises';
import { checkpointText } from '../../audit/checkpoint-note.ts';
import type { Frontier } from '../../audit/merkle-tree.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import type { LeafRow } from '../rows/leaf-row.ts';

/** Leaves that one statement reads: a few milliseconds of the event loop. */
const LEAF_PAGE_ROWS = 1_000;

/** A signed head of the tree. */
export interface Checkpoint {
  /** Number of leaves that it covers. */
  readonly size: number;
  /** Position of its last leaf. */
  readonly position: number;
  /** In hex. */
  readonly root: string;
  readonly frontier: Frontier;
  readonly signature: Buffer;
  readonly keyId: string;
  readonly at: Date;
}

/** The tables `leaves` and `checkpoints`. */
export interface CheckpointTable {
  newest(): Promise<Checkpoint | undefined>;
  bySize(size: number): Promise<Checkpoint | undefined>;
  /** The largest one that is smaller than the size. */
  largestBelow(size: number): Promise<Checkpoint | undefined>;
  /** The largest one that the key has signed, up to the size. */
  newestOf(keyId: string, maxSize: number): Promise<Checkpoint | undefined>;
  /** The first one that the key has signed and that covers the position. */
  firstCovering(position: number, keyId: string): Promise<Checkpoint | undefined>;
  /** The last one that ends before the position. */
  lastBefore(position: number): Promise<Checkpoint | undefined>;
  /** False if one of that size exists. */
  add(checkpoint: Checkpoint): Promise<boolean>;
  /** The leaves after one position and up to another, in order. */
  leaves(after: number, upTo: number): AsyncIterable<LeafRow>;
  /** The leaves of one run, in order. */
  leavesOfRun(runId: string): Promise<readonly LeafRow[]>;
}

export function createCheckpointTable(prisma: Prisma, transactions: Transactions): CheckpointTable {
  const find = async (query: Omit<NonNullable<Parameters<typeof prisma.checkpoint.findFirst>[0]>, 'select'>) => {
    const row = await prisma.checkpoint.findFirst(query);
    return row ? toCheckpoint(row) : undefined;
  };
  return {
    newest: () => find({ orderBy: { size: 'desc' } }),
    bySize: (size) => find({ where: { size: BigInt(size) } }),
    largestBelow: (size) => find({ where: { size: { lt: BigInt(size) } }, orderBy: { size: 'desc' } }),
    newestOf: (keyId, maxSize) => find({ where: { keyId, size: { lte: BigInt(maxSize) } }, orderBy: { size: 'desc' } }),
    firstCovering: (position, keyId) =>
      find({ where: { position: { gte: BigInt(position) }, keyId }, orderBy: { position: 'asc' } }),
    lastBefore: (position) => find({ where: { position: { lt: BigInt(position) } }, orderBy: { position: 'desc' } }),
    add: async ({ size, position, root, frontier, signature, keyId, at }) => {
      const data = {
        size: BigInt(size),
        position: BigInt(position),
        root,
        frontier: JSON.stringify(frontier.roots.map((each) => Buffer.from(each).toString('hex'))),
        signature: signature.toString('base64'),
        keyId,
        at,
      };
      try {
        await transactions.write((client) => client.checkpoint.create({ data }));
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === 'P2002') return false;
        throw error;
      }
    },
    leaves: async function* (after, upTo) {
      for (let start = after; ; ) {
        // Positions as text: on SQLite Prisma assumes that the column has 32 bits.
        const rows = await prisma.$queryRaw<StoredLeaf[]>`
          SELECT CAST(position AS TEXT) AS position, run_id AS "runId", seq, hash FROM leaves
          WHERE leaves.position > ${BigInt(start)} AND leaves.position <= ${BigInt(upTo)}
          ORDER BY leaves.position LIMIT ${LEAF_PAGE_ROWS}`;
        for (const row of rows) yield toLeaf(row);
        if (rows.length < LEAF_PAGE_ROWS) return;
        start = Number(rows.at(-1)?.position);
        // On SQLite nothing above has yielded: many leaves must not block the event loop.
        await setImmediate();
      }
    },
    leavesOfRun: async (runId) => {
      const rows = await prisma.$queryRaw<StoredLeaf[]>`
        SELECT CAST(position AS TEXT) AS position, run_id AS "runId", seq, hash FROM leaves
        WHERE run_id = ${runId} ORDER BY leaves.position`;
      return rows.map(toLeaf);
    },
  };
}

/** The text that the signature of a checkpoint covers. */
export function textToSign(origin: string, { size, root }: Pick<Checkpoint, 'size' | 'root'>): string {
  return checkpointText({ origin, size, root: Buffer.from(root, 'hex') });
}

interface StoredLeaf {
  readonly position: string;
  readonly runId: string;
  readonly seq: number | bigint;
  readonly hash: string;
}

function toLeaf({ position, runId, seq, hash }: StoredLeaf): LeafRow {
  return { position: Number(position), runId, seq: Number(seq), hash };
}

interface CheckpointRow {
  readonly size: bigint;
  readonly position: bigint;
  readonly root: string;
  readonly frontier: string;
  readonly signature: string;
  readonly keyId: string;
  readonly at: Date;
}

function toCheckpoint({ size, position, root, frontier, signature, keyId, at }: CheckpointRow): Checkpoint {
  return {
    size: Number(size),
    position: Number(position),
    root,
    frontier: parseFrontier(Number(size), frontier),
    signature: Buffer.from(signature, 'base64'),
    keyId,
    at,
  };
}

/** One root for each binary 1 of the size. Any other value was not written by this server, and leads to no signed root. */
function parseFrontier(size: number, text: string): Frontier {
  const count = size.toString(2).replaceAll('0', '').length;
  try {
    const roots = (JSON.parse(text) as unknown[]).map((root) => Buffer.from(String(root), 'hex'));
    if (roots.length === count) return { size, roots };
  } catch {
    // Not JSON.
  }
  return { size, roots: Array.from({ length: count }, () => Buffer.alloc(32)) };
}
