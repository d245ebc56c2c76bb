import type { NoteKey } from '../../audit/signed-note.ts';
import type { ProblemList } from '../../audit/verify-chain.ts';
import type { ChainVerification } from '../../core/store-reader.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import type { CheckpointTable } from './checkpoint-table.ts';
import { findInclusion } from './leaf-inclusion.ts';

/** One event of the run, as it was read and checked. */
export interface CheckedEvent {
  readonly seq: number;
  readonly position: number;
  readonly hash: string;
  /** Whether the run ended with it. */
  readonly isFinal: boolean;
}

interface CheckedRun {
  readonly events: readonly CheckedEvent[];
  /** Seq of the run's row when it was first read. */
  readonly seq: number;
  /** Seq of the run's row now. */
  seqNow(): Promise<number>;
}

/** Compares a run's ends with the audit tree. @returns the checkpoint that covers the last one, if they match */
export type VerifyLeaves = (
  runId: string,
  run: CheckedRun,
  add: ProblemList['add'],
) => Promise<ChainVerification['checkpoint']>;

interface VerifyLeavesDeps {
  readonly table: CheckpointTable;
  /** The key of the server's checkpoints; without it only the leaves are checked. */
  readonly signed?: { readonly key: NoteKey; signedUpTo(): number };
}

export function createVerifyLeaves({ table, signed }: VerifyLeavesDeps): VerifyLeaves {
  /** The newest leaf that matches its event. */
  const newestMatch = async (leaves: readonly LeafRow[], run: CheckedRun, add: ProblemList['add']) => {
    const bySeq = new Map(run.events.map((event) => [event.seq, event]));
    let newest: LeafRow | undefined;
    for (const leaf of leaves) {
      const event = bySeq.get(leaf.seq);
      if (!event) {
        // The run may have continued since its row was read.
        const isNew = leaf.seq > run.seq && (await run.seqNow()) >= leaf.seq;
        if (!isNew) add(leaf.seq, 'the audit tree has an end of the run here, but there is no such event');
      } else if (event.hash !== leaf.hash) {
        add(leaf.seq, 'its hash is not the one in the audit tree');
      } else if (event.position !== leaf.position) {
        add(leaf.seq, 'its position is not the one in the audit tree');
      } else {
        newest = leaf;
      }
    }
    return newest;
  };

  return async (runId, run, add) => {
    const leaves = await table.leavesOfRun(runId);
    const newest = await newestMatch(leaves, run, add);
    const end = run.events.findLast((event) => event.isFinal);
    const isKnown = end && (end.seq <= (newest?.seq ?? 0) || leaves.some(({ seq }) => seq === end.seq));
    if (end && !isKnown) add(end.seq, 'the end of the run is not in the audit tree');
    if (!newest || !signed) return undefined;
    // Read first: what is signed while the checkpoint is looked for is not missing.
    const signedUpTo = signed.signedUpTo();
    const inclusion = await findInclusion(table, signed.key, newest);
    if (!inclusion) {
      if (newest.position <= signedUpTo) add(newest.seq, 'the checkpoint that covered it is missing');
      return undefined;
    }
    if (inclusion.problem !== undefined) {
      add(newest.seq, inclusion.problem);
      return undefined;
    }
    const { size, root, signature, keyId, at } = inclusion.checkpoint;
    return { size, rootHash: root, signature: signature.toString('base64'), keyId, at };
  };
}
