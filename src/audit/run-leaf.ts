import { leafHash } from './merkle-tree.ts';

/** The head of a run that has ended. */
export interface RunLeaf {
  readonly runId: string;
  /** Seq of its last event. */
  readonly seq: number;
  /** Hash of its last event, in hex. */
  readonly hash: string;
}

/**
 * The leaf of a run: its id (36 characters), the seq of its last event (16 decimal digits with leading zeros) and that
 * event's hash (64 hex digits), all ASCII. Every part has a fixed length, so no two heads give the same bytes.
 */
function encodeRunLeaf({ runId, seq, hash }: RunLeaf): string {
  return `${runId}${String(seq).padStart(16, '0')}${hash}`;
}

/** The hash of the run's leaf in the tree. */
export function runLeafHash(head: RunLeaf): Buffer {
  return leafHash(encodeRunLeaf(head));
}
