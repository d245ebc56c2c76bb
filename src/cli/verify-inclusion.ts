import { parseCheckpointText } from '../audit/checkpoint-note.ts';
import type { RunExport } from '../audit/run-export.ts';
import { type Extension, verifyInclusion } from '../audit/verify-tree.ts';
import { Fault } from '../core/errors.ts';
import { UsageError } from './errors.ts';
import type { VerbContext } from './verb.ts';
import { readConsistency } from './verify-consistency.ts';
import { isObject, isTextList, readExport, readKeyLines, readNote, verifyingKeys } from './verify-input.ts';
import { reportTree } from './verify-report.ts';

type Included = Pick<RunExport, 'runId' | 'publicKey'> & Required<Pick<RunExport, 'inclusion'>>;

interface Options {
  readonly checkpoint?: string;
  readonly consistency?: string;
  readonly key?: readonly string[];
}

/**
 * `verify inclusion`: the end of a run is in a signed tree. It needs no event of the run. The checkpoint is that of the export, or
 * one that the caller has kept: of the same size, or a newer one to which a proof of consistency leads.
 */
export async function verifyInclusionExport(
  ctx: VerbContext,
  [file = '-']: readonly (string | undefined)[],
  values: Options,
): Promise<number> {
  if (values.consistency !== undefined && values.checkpoint === undefined)
    throw new UsageError('verify inclusion --consistency requires --checkpoint, the newer checkpoint.');
  const { runId, inclusion, publicKey } = await readExport(file, isIncluded, {
    subject: 'an export of a run that a checkpoint covers',
    advice: 'Write runId and inclusion of Run.export into it, a second after the end of the run.',
  });
  const { keys, keyTrusted } = verifyingKeys(await readKeyLines(values.key), publicKey);
  const treeSize = sizeOf(inclusion.checkpoint);
  let extension: Extension | undefined;
  let checkpoint = inclusion.checkpoint;
  if (values.consistency !== undefined && values.checkpoint !== undefined) {
    const { olderSize, newerSize, proof } = await readConsistency(values.consistency);
    if (olderSize !== treeSize) {
      const message = `The proof of consistency begins at ${olderSize} leaves, and the run is in a tree of ${treeSize}. Ask for treeConsistency(olderSize: ${treeSize}).`;
      throw new Fault('BAD_INPUT', message);
    }
    extension = { newer: await readNote(values.checkpoint, newerSize), proof };
  } else if (values.checkpoint !== undefined) {
    checkpoint = await readNote(values.checkpoint, treeSize);
  }
  const facts = { run: runId, seq: inclusion.seq, hash: inclusion.hash };
  return reportTree(ctx, { id: runId, keyTrusted, facts }, () => ({
    checkpoint: verifyInclusion(runId, { ...inclusion, checkpoint }, keys, extension),
  }));
}

/** @throws Fault BAD_INPUT */
function sizeOf(note: string): number {
  try {
    return parseCheckpointText(note).size;
  } catch (cause) {
    throw new Fault('BAD_INPUT', `The checkpoint of the export cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

function isIncluded(value: unknown): value is Included {
  if (!isObject(value) || typeof value.runId !== 'string' || !isObject(value.inclusion)) return false;
  const { index, seq, hash, proof, checkpoint } = value.inclusion;
  const texts = [hash, checkpoint, value.publicKey ?? ''];
  return Number.isSafeInteger(index) && Number.isSafeInteger(seq) && isTextList(texts) && isTextList(proof);
}
