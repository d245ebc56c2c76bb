import type { Json } from '../lib/json.ts';
import { inclusionProof, type Subtrees } from './merkle-proof.ts';
import { type NoteKey, printNote, printNoteKey } from './signed-note.ts';
import type { ChainRow } from './verify-chain.ts';

export const RUN_EXPORT_FORMAT = 'signalbox-run-export/1';

/** An event in an export. Aliases, not interfaces: each is assignable to Json. */
export type ExportedEvent = {
  readonly position: number;
  readonly seq: number;
  readonly tenant: string;
  readonly subject: string;
  readonly type: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly step?: string;
  readonly payload: Json;
  readonly prevHash: string;
  readonly hash: string;
};

/** Where a run's leaf stands in the tree of a checkpoint. */
export type ExportedInclusion = {
  /** From 0. */
  readonly index: number;
  readonly seq: number;
  /** Hash of the event with that seq. */
  readonly hash: string;
  /** The audit path (RFC 6962, section 2.1.1), in hex, from the leaf's sibling up. */
  readonly proof: readonly string[];
  /** The signed note. */
  readonly checkpoint: string;
};

/** One run with all that is needed to verify it without the server. Plain JSON. */
export type RunExport = {
  readonly format: typeof RUN_EXPORT_FORMAT;
  readonly runId: string;
  readonly events: readonly ExportedEvent[];
  /** Absent while the run is active, and until a checkpoint covers its end. */
  readonly inclusion?: ExportedInclusion;
  /** The key that signed the checkpoint, as `NAME+ID+BASE64`. Trust it only if you know it from elsewhere. */
  readonly publicKey?: string;
};

/** What the tree says of a run's leaf. */
export interface CoveredLeaf {
  readonly index: number;
  readonly seq: number;
  readonly hash: string;
  readonly checkpoint: { readonly text: string; readonly size: number; readonly signature: Uint8Array };
  readonly subtrees: Subtrees;
}

/** Puts together what `verifyRunOffline` takes. */
export function exportRun(
  runId: string,
  rows: readonly ChainRow[],
  covered?: { readonly leaf: CoveredLeaf; readonly key: NoteKey },
): RunExport {
  const events = rows.map(exportedEvent);
  if (!covered) return { format: RUN_EXPORT_FORMAT, runId, events };
  const { leaf, key } = covered;
  const { index, seq, hash, checkpoint } = leaf;
  const proof = inclusionProof(index, checkpoint.size, leaf.subtrees).map(hex);
  const note = printNote(checkpoint.text, key, checkpoint.signature);
  const inclusion = { index, seq, hash, proof, checkpoint: note };
  return { format: RUN_EXPORT_FORMAT, runId, events, inclusion, publicKey: printNoteKey(key) };
}

function exportedEvent({ runId: _, at, step, payload, ...row }: ChainRow): ExportedEvent {
  return {
    ...row,
    at: new Date(at).toISOString(),
    ...(step !== null && { step }),
    payload: JSON.parse(payload) as Json,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
