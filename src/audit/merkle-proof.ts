import { type Frontier, nodeHash, splitPoint } from './merkle-tree.ts';

/** The hash of the subtree of the leaves from `start` (inclusive) to `end` (exclusive). */
export type Subtrees = (start: number, end: number) => Uint8Array;

/**
 * The subtrees that proofs about a tree need, without the leaves that an older frontier stands for. It holds every
 * subtree but those inside a perfect subtree of the frontier: none of them is in the proof of a later leaf, nor in the
 * proof that the tree continues the frontier's.
 * @throws RangeError for a subtree that it does not hold
 */
export function createSubtrees(frontier: Frontier, laterLeafHashes: readonly Uint8Array[]): Subtrees {
  const hashes = new Map<string, Uint8Array>();
  let [start, size] = [0, splitPoint(frontier.size + 1)];
  for (const root of frontier.roots) {
    while (start + size > frontier.size) size /= 2;
    hashes.set(`${start}-${start + size}`, root);
    start += size;
  }
  const subtree: Subtrees = (from, to) => {
    const root = hashes.get(`${from}-${to}`);
    if (root) return root;
    if (to - from === 1) {
      const leaf = laterLeafHashes[from - frontier.size];
      if (!leaf) throw new RangeError(`there is no leaf ${from}`);
      return leaf;
    }
    const middle = from + splitPoint(to - from);
    return nodeHash(subtree(from, middle), subtree(middle, to));
  };
  return subtree;
}

/** The audit path of RFC 6962, section 2.1.1: from the leaf's sibling up. */
export function inclusionProof(index: number, size: number, subtree: Subtrees): Uint8Array[] {
  const path = (from: number, to: number): Uint8Array[] => {
    if (to - from === 1) return [];
    const middle = from + splitPoint(to - from);
    return index < middle ? [...path(from, middle), subtree(middle, to)] : [...path(middle, to), subtree(from, middle)];
  };
  if (!(index >= 0 && index < size)) throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  return path(0, size);
}

/** RFC 6962, section 2.1.2: shows that a tree of `newSize` leaves begins with the `oldSize` leaves of an older one. */
export function consistencyProof(oldSize: number, newSize: number, subtree: Subtrees): Uint8Array[] {
  const path = (from: number, to: number, whole: boolean): Uint8Array[] => {
    if (oldSize === to) return whole ? [] : [subtree(from, to)];
    const middle = from + splitPoint(to - from);
    return oldSize <= middle
      ? [...path(from, middle, whole), subtree(middle, to)]
      : [...path(middle, to, false), subtree(from, middle)];
  };
  if (!(oldSize > 0 && oldSize <= newSize)) throw new RangeError(`${oldSize} leaves are not part of ${newSize}`);
  return path(0, newSize, true);
}

/** The root that an audit path leads to; undefined when the path is not one of that place. RFC 9162, section 2.1.3.2 */
export function rootOfInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!isLeafIndex(index, size)) return undefined;
  let [position, last, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      root = nodeHash(sibling, root);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** Whether the proof shows that the newer tree begins with the older one. RFC 9162, section 2.1.4.2 */
export function isConsistent(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isLeafIndex(older.size - 1, newer.size)) return false;
  if (older.size === newer.size) return proof.length === 0 && equalBytes(older.root, newer.root);
  const path = [...proof];
  let [position, last] = [older.size - 1, newer.size - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  // If the size of the older tree is a power of two, its root is the first node of the path.
  const first = position === 0 ? older.root : path.shift();
  if (!first) return false;
  let [oldRoot, newRoot] = [first, first];
  for (const node of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldRoot = nodeHash(node, oldRoot);
      newRoot = nodeHash(node, newRoot);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      newRoot = nodeHash(newRoot, node);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && equalBytes(oldRoot, older.root) && equalBytes(newRoot, newer.root);
}

/** Sizes may exceed the 32 bits of the bitwise operators. */
function half(count: number): number {
  return Math.floor(count / 2);
}

function isLeafIndex(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
