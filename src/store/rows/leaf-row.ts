import type { RunLeaf } from '../../audit/run-leaf.ts';

/** A row of `leaves`: the head of a run that has ended, with its position in the journal. */
export interface LeafRow extends RunLeaf {
  readonly position: number;
}
