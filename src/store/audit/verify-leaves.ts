import type { NoteKey } from '../../audit/signed-note.ts';
import type { ProblemList } from '../../audit/verify-chain.ts';
import type { ChainVerification } from '../../core/store-reader.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import type { CheckpointTable } from './checkpoint-table.ts';
import { findInclusion } from './leaf-inclusion.ts';

/** What was found of one event of the run. */
export interface CheckedEvent {
  readonly seq: number;
  readonly position: number;
  readonly hash: string;
  /** The run has ended with it. */
  readonly isFinal: boolean;
}

interface CheckedRun {
  readonly events: readonly CheckedEvent[];
  /** Seq of the run's row when it was read. */
  readonly seq: number;
  /** The same, read again. */
  seqNow(): Promise<number>;
}

/** Holds a run's ends against the audit tree. @returns the checkpoint that covers the last one, when it fits */
export type VerifyLeaves = (
  runId: string,
  run: CheckedRun,
  add: ProblemList['add'],
) => Promise<ChainVerification['checkpoint']>;

interface VerifyLeavesDeps {
  readonly table: CheckpointTable;
  /** Of the server's checkpoints; without it only the leaves are looked at. */
  readonly signed?: { readonly key: NoteKey; signedUpTo(): number };
}

export function createVerifyLeaves({ table, signed }: VerifyLeavesDeps): VerifyLeaves {
  /** The newest leaf that has its event. */
  const newestOf = async (leaves: readonly LeafRow[], run: CheckedRun, add: ProblemList['add']) => {
    const bySeq = new Map(run.events.map((event) => [event.seq, event]));
    let newest: LeafRow | undefined;
    for (const leaf of leaves) {
      const event = bySeq.get(leaf.seq);
      if (!event) {
        // The run may have gone on since its row was read.
        const isNew = leaf.seq > run.seq && (await run.seqNow()) >= leaf.seq;
        if (!isNew) add(leaf.seq, 'the run ended here by the audit tree, and there is no such event');
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
    const newest = await newestOf(leaves, run, add);
    const end = run.events.findLast((event) => event.isFinal);
    const isKnown = end && (end.seq <= (newest?.seq ?? 0) || leaves.some(({ seq }) => seq === end.seq));
    if (end && !isKnown) add(end.seq, 'the end of the run is not in the audit tree');
    if (!newest || !signed) return undefined;
    const inclusion = await findInclusion(table, signed.key, newest);
    if (!inclusion) {
      if (newest.position <= signed.signedUpTo()) add(newest.seq, 'the checkpoint that covered it is gone');
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
