import type { TreeHead } from '../../audit/checkpoint-note.ts';
import { isSignature, type NoteKey } from '../../audit/signed-note.ts';
import { Fault } from '../../core/errors.ts';
import { type Checkpoint, type CheckpointTable, textToSign } from './checkpoint-table.ts';
import { EMPTY_TREE_PREFIX, extendTree, rootHex, type TreePrefix } from './leaf-inclusion.ts';

/** The tree of a stored checkpoint, and whether the key has signed it. */
interface TrustedTree {
  readonly tree: TreePrefix;
  readonly isOwn: boolean;
}

/**
 * A checkpoint of the key is trusted by its signature; for another key's the whole tree is recomputed.
 * @throws Fault CONFLICT if the leaves do not lead to it
 */
export async function trustedTree(table: CheckpointTable, key: NoteKey, checkpoint: Checkpoint): Promise<TrustedTree> {
  const isOwn = checkpoint.keyId === key.id && isSignature(textToSign(key.name, checkpoint), checkpoint.signature, key);
  const tree = isOwn ? checkpoint : await extendTree(table, EMPTY_TREE_PREFIX, checkpoint.position);
  if (!matchesCheckpoint(tree, checkpoint)) throw rewrittenHistoryFault(checkpoint.size);
  return { tree, isOwn };
}

/**
 * The tree of a note of the checkpoint file. The server may have stopped between the note and its row; then the leaves
 * still lead to the signed root.
 * @param head position of the newest event
 * @throws Fault CONFLICT if the database does not agree with the note
 */
export async function treeOfNote(
  table: CheckpointTable,
  key: NoteKey,
  { size, root }: Pick<TreeHead, 'size' | 'root'>,
  head: number,
): Promise<{ readonly tree: TreePrefix; readonly isStored: boolean }> {
  const signed = { size, root: Buffer.from(root).toString('hex') };
  const row = await table.bySize(size);
  if (row) {
    if (row.root !== signed.root || !matchesCheckpoint(row, signed)) throw rewrittenHistoryFault(size);
    return { tree: row, isStored: true };
  }
  const older = await table.largestBelow(size);
  const from = older ? (await trustedTree(table, key, older)).tree : EMPTY_TREE_PREFIX;
  const tree = await extendTree(table, from, head, size);
  if (!matchesCheckpoint(tree, signed)) throw rewrittenHistoryFault(size);
  return { tree, isStored: false };
}

/** The tree of a newer checkpoint, which must continue the older tree. @throws Fault CONFLICT if it does not */
export async function followTree(table: CheckpointTable, from: TreePrefix, newer: Checkpoint): Promise<TreePrefix> {
  const tree = await extendTree(table, from, newer.position);
  if (!matchesCheckpoint(tree, newer)) throw rewrittenHistoryFault(newer.size);
  return tree;
}

function matchesCheckpoint(tree: TreePrefix, { size, root }: Pick<Checkpoint, 'size' | 'root'>): boolean {
  return tree.frontier.size === size && rootHex(tree) === root;
}

export function rewrittenHistoryFault(size: number): Fault {
  return new Fault(
    'CONFLICT',
    `The journal does not lead to the signed checkpoint of ${size} leaves: its events were changed, or an older database was restored. Nothing is signed until this is resolved; docs/audit.md explains how.`,
  );
}
