/**
 * How many of the nodes come before one for a worker: 0 for the node in whose share the worker is. The order is by a hash of both
 * (rendezvous hashing), so that all nodes that know the same nodes agree without a word, and a node that comes or goes moves no
 * worker between two others.
 */
export function nodesBefore(nodes: Iterable<string>, own: string, workerId: string): number {
  const weight = weightOf(own, workerId);
  let count = 0;
  for (const node of nodes) {
    if (node === own) continue;
    const other = weightOf(node, workerId);
    if (other > weight || (other === weight && node < own)) count += 1;
  }
  return count;
}

function weightOf(node: string, workerId: string): number {
  return mix(fnv1a(workerId, fnv1a(node, 0x811c9dc5)));
}

/** FNV-1a of 32 bits, over UTF-16 code units. */
function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The end of MurmurHash3: ids that differ little have hashes that differ much. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
