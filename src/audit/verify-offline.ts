import { type ExportedEvent, RUN_EXPORT_FORMAT, type RunExport } from './run-export.ts';
import { parseNoteKey } from './signed-note.ts';
import { type ChainReport, type ChainRow, createProblemList, verifyChain } from './verify-chain.ts';
import { type VerifiedCheckpoint, verifyInclusion } from './verify-tree.ts';

/** The result of recomputing an export. */
export interface OfflineReport extends ChainReport {
  /** The checkpoint that covers the run; absent when none does, or when it is not valid. */
  readonly checkpoint?: VerifiedCheckpoint;
  /** False when the key came from the export: then only its internal consistency is proved. */
  readonly keyTrusted: boolean;
}

/**
 * Recomputes an exported run without the server: every link of its chain, its leaf's place in the tree, the signature of
 * the tree's head.
 * @param trustedKey the log's public key as `NAME+ID+BASE64`, known from another source; default: the key in the export
 * @throws TypeError when it is not an export of a run, or the key cannot be read
 */
export function verifyRunOffline(exported: RunExport, trustedKey?: string): OfflineReport {
  if (exported.format !== RUN_EXPORT_FORMAT || !Array.isArray(exported.events)) {
    throw new TypeError(`it is not an export of a run: its format is not ${RUN_EXPORT_FORMAT}`);
  }
  const { runId, inclusion } = exported;
  const keyText = trustedKey ?? exported.publicKey;
  const key = keyText === undefined ? undefined : parseNoteKey(keyText);
  const problems = createProblemList();
  const rows = exported.events.map((event) => toRow(runId, event));
  const { events, headHash } = verifyChain(runId, rows, problems);
  let checkpoint: OfflineReport['checkpoint'];
  if (inclusion) {
    const { seq } = inclusion;
    if (rows.find((row) => row.seq === seq)?.hash !== inclusion.hash)
      problems.add(seq, 'it is not the event whose hash is in the tree');
    if (rows.some((row) => row.seq > seq)) problems.add(seq + 1, 'no checkpoint covers this event');
    try {
      if (!key) throw new TypeError('there is no public key');
      checkpoint = verifyInclusion(runId, inclusion, [key]);
    } catch (error) {
      problems.add(seq, `its place in the tree is not shown: ${(error as Error).message}`);
    }
  }
  return {
    ...problems.report(events, headHash),
    ...(checkpoint && { checkpoint }),
    keyTrusted: trustedKey !== undefined,
  };
}

function toRow(runId: string, { at, step, payload, ...event }: ExportedEvent): ChainRow {
  return { ...event, runId, at: Date.parse(at), step: step ?? null, payload: JSON.stringify(payload) };
}
