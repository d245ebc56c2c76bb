import { createHash } from 'node:crypto';

/** The hash of an empty tree (RFC 6962, section 2.1). */
const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** The hash of a leaf: sha256(0x00 ‖ leaf) (RFC 6962, section 2.1). */
export function leafHash(leaf: string | Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(leaf).digest();
}

/** The hash of an inner node: sha256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The state that a tree needs to grow: the roots of its perfect subtrees, from left (the largest) to right. */
export interface Frontier {
  /** Number of leaves. Its binary digits are the sizes of the subtrees. */
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, roots: [] };

/** The frontier after appending these leaves. */
export function extendFrontier(frontier: Frontier, leafHashes: Iterable<Uint8Array>): Frontier {
  let { size } = frontier;
  const roots = [...frontier.roots];
  for (const hash of leafHashes) {
    let root = hash;
    // Each perfect subtree of the same height merges with the new one, as digits carry when one is added.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) root = nodeHash(roots.pop() as Uint8Array, root);
    roots.push(root);
    size += 1;
  }
  return { size, roots };
}

export function frontierRoot({ roots }: Frontier): Uint8Array {
  return roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below a size of at least two: where RFC 6962 splits a tree. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
