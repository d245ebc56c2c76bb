import { EMPTY_FRONTIER, extendFrontier, type Frontier, frontierRoot } from '../../audit/merkle-tree.ts';
import { runLeafHash } from '../../audit/run-leaf.ts';
import { isSignature, type NoteKey } from '../../audit/signed-note.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import { type Checkpoint, type CheckpointTable, textToSign } from './checkpoint-table.ts';

/** Leaves that are hashed in one batch. */
const HASH_BATCH_LEAVES = 500;

/** A tree of the first stored leaves. */
export interface TreePrefix {
  readonly frontier: Frontier;
  /** Position of its last leaf. */
  readonly position: number;
}

export const EMPTY_TREE_PREFIX: TreePrefix = { frontier: EMPTY_FRONTIER, position: 0 };

/** A leaf's position in the tree of the checkpoint that covers it. */
export interface LeafInclusion {
  readonly checkpoint: Checkpoint;
  /** The leaf's index, from 0. */
  readonly index: number;
  /** The tree before the leaves that the checkpoint added; trusted only because together they lead to its root. */
  readonly base: TreePrefix;
  /** Why the leaf could not be shown to be in the tree; undefined if it was. */
  readonly problem?: string;
}

/** Extends a tree by the stored leaves after it: up to a position, or to a number of leaves if that is reached first. */
export async function extendTree(
  table: CheckpointTable,
  from: TreePrefix,
  upTo: number,
  maxLeaves = Number.POSITIVE_INFINITY,
): Promise<TreePrefix> {
  let { frontier, position } = from;
  let hashes: Buffer[] = [];
  for await (const leaf of table.leaves(position, upTo)) {
    if (frontier.size + hashes.length >= maxLeaves) break;
    hashes.push(runLeafHash(leaf));
    position = leaf.position;
    if (hashes.length < HASH_BATCH_LEAVES) continue;
    frontier = extendFrontier(frontier, hashes);
    hashes = [];
  }
  return { frontier: extendFrontier(frontier, hashes), position };
}

/** In hex. */
export function rootHex({ frontier }: Pick<TreePrefix, 'frontier'>): string {
  return Buffer.from(frontierRoot(frontier)).toString('hex');
}

/**
 * Recomputes the root of the oldest checkpoint that covers a leaf, from the checkpoint before it and the leaves between.
 * Equal roots show that these leaves are in the signed tree, even if the older checkpoint is not trusted.
 * @returns undefined if the key has signed no checkpoint that covers the leaf
 */
export async function findInclusion(
  table: CheckpointTable,
  key: NoteKey,
  leaf: LeafRow,
): Promise<LeafInclusion | undefined> {
  const checkpoint = await table.firstCovering(leaf.position, key.id);
  if (!checkpoint) return undefined;
  const base = (await table.lastBefore(leaf.position)) ?? EMPTY_TREE_PREFIX;
  const upToLeaf = await extendTree(table, base, leaf.position);
  const whole = await extendTree(table, upToLeaf, checkpoint.position);
  const inclusion = { checkpoint, index: upToLeaf.frontier.size - 1, base };
  const name = `the checkpoint of ${checkpoint.size} leaves`;
  if (whole.frontier.size !== checkpoint.size || rootHex(whole) !== checkpoint.root) {
    return { ...inclusion, problem: `the leaves do not lead to the root of ${name}` };
  }
  if (!isSignature(textToSign(key.name, checkpoint), checkpoint.signature, key)) {
    return { ...inclusion, problem: `the signature of ${name} is not that of the key ${key.name}+${key.id}` };
  }
  return inclusion;
}
