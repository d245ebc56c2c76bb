import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyProof, createSubtrees, inclusionProof, isConsistent, rootOfInclusion } from './merkle-proof.ts';
import { EMPTY_FRONTIER, extendFrontier, type Frontier, frontierRoot, leafHash } from './merkle-tree.ts';

/** The definition of RFC 6962, section 2.1, word for word. */
function naiveRoot(leaves: readonly string[]): Buffer {
  const sha256 = (...parts: (Uint8Array | string)[]) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256('\u0000', leaves[0] as string);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256('\u0001', naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => `leaf ${index}`);
const hashesOf = (count: number) => leavesOf(count).map((leaf) => leafHash(leaf));
const frontierOf = (count: number): Frontier => extendFrontier(EMPTY_FRONTIER, hashesOf(count));
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const flipped = (bytes: Uint8Array) => Buffer.from(bytes).map((byte, index) => (index === 5 ? byte ^ 1 : byte));
const size = fc.integer({ min: 1, max: 130 });

/** A tree as the server has it: the frontier of an older size, and the leaves since. */
const treeWith = (older: number, count: number) => createSubtrees(frontierOf(older), hashesOf(count).slice(older));

describe('a tree that grows', () => {
  it('has the roots that Certificate Transparency’s own tests expect', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    let frontier = EMPTY_FRONTIER;
    const roots = leaves.map((leaf) => {
      frontier = extendFrontier(frontier, [leafHash(Buffer.from(leaf, 'hex'))]);
      return hex(frontierRoot(frontier));
    });
    expect(roots).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('has the root of the naive tree, however its leaves were added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 6 }), (steps) => {
        let frontier = EMPTY_FRONTIER;
        for (const step of steps) {
          frontier = extendFrontier(frontier, hashesOf(frontier.size + step).slice(frontier.size));
        }
        expect(hex(frontierRoot(frontier))).toBe(hex(naiveRoot(leavesOf(frontier.size))));
      }),
      { numRuns: 100 },
    );
  });
});

describe('an inclusion proof', () => {
  it('leads from any leaf to the root, built from an older frontier and the leaves since', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (count, a, b) => {
        const index = a % count;
        const older = b % (index + 1);
        const proof = inclusionProof(index, count, treeWith(older, count));
        const root = rootOfInclusion(index, count, leafHash(`leaf ${index}`), proof);
        expect(hex(root)).toBe(hex(naiveRoot(leavesOf(count))));
      }),
      { numRuns: 300 },
    );
  });

  it('leads to another root for another leaf or position, or a path that was changed, cut or lengthened', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 130 }), fc.nat(), fc.nat(), (count, a, b) => {
        const [index, root] = [a % count, hex(naiveRoot(leavesOf(count)))];
        const proof = inclusionProof(index, count, treeWith(0, count));
        const leaf = leafHash(`leaf ${index}`);
        const at = b % proof.length;
        const changed = proof.map((node, place) => (place === at ? flipped(node) : node));
        expect(hex(rootOfInclusion(index, count, leafHash('other'), proof))).not.toBe(root);
        expect(hex(rootOfInclusion((index + 1) % count, count, leaf, proof))).not.toBe(root);
        expect(hex(rootOfInclusion(index, count, leaf, changed))).not.toBe(root);
        expect(rootOfInclusion(index, count, leaf, proof.slice(1))).toBeUndefined();
        expect(hex(rootOfInclusion(index, count, leaf, [...proof, leaf]))).not.toBe(root);
        expect(rootOfInclusion(count, count, leaf, proof)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a consistency proof', () => {
  const head = (count: number) => ({ size: count, root: naiveRoot(leavesOf(count)) });

  it('proves that every tree begins with each older one', () => {
    fc.assert(
      fc.property(size, fc.nat(), (count, a) => {
        const older = 1 + (a % count);
        const proof = consistencyProof(older, count, treeWith(older, count));
        expect(isConsistent(head(older), head(count), proof)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('does not prove it for a tree in which an old leaf was changed, or with another path', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 130 }), fc.nat(), fc.nat(), (count, a, b) => {
        const older = 1 + (a % (count - 1));
        const proof = consistencyProof(older, count, treeWith(older, count));
        const leaves = leavesOf(count).map((leaf, index) => (index === b % older ? 'forged' : leaf));
        const forged = { size: count, root: naiveRoot(leaves) };
        const forgedTree = createSubtrees(
          EMPTY_FRONTIER,
          leaves.map((leaf) => leafHash(leaf)),
        );
        expect(isConsistent(head(older), forged, proof)).toBe(false);
        expect(isConsistent(head(older), forged, consistencyProof(older, count, forgedTree))).toBe(false);
        expect(isConsistent(head(older), head(count), proof.slice(0, -1))).toBe(false);
        expect(isConsistent(head(older), head(count), [...proof, proof[0] as Uint8Array])).toBe(false);
        const at = b % proof.length;
        const changed = proof.map((node, place) => (place === at ? flipped(node) : node));
        expect(isConsistent(head(older), head(count), changed)).toBe(false);
        expect(isConsistent(head(count), head(older), proof)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
