import type { ConsistencyExport } from '../audit/consistency-export.ts';
import { verifyConsistency } from '../audit/verify-tree.ts';
import { Fault } from '../core/errors.ts';
import type { VerbContext } from './verb.ts';
import { isObject, isTextList, readExport, readKeyLines, readNote, verifyingKeys } from './verify-input.ts';
import { reportTree } from './verify-report.ts';

interface Options {
  readonly older?: string;
  readonly newer?: string;
  readonly key?: readonly string[];
}

/**
 * `verify consistency`: the newer tree begins with the older one. The notes are those of the export, or those that the caller
 * has kept: only those show that the server has not signed two histories.
 */
export async function verifyConsistencyExport(
  ctx: VerbContext,
  [file = '-']: readonly (string | undefined)[],
  values: Options,
): Promise<number> {
  const exported = await readConsistency(file);
  const { olderSize, newerSize, proof, publicKey } = exported;
  const older = values.older === undefined ? exported.older : await readNote(values.older, olderSize);
  const newer = values.newer === undefined ? exported.newer : await readNote(values.newer, newerSize);
  if (older == null) {
    const message = `The export has no note of the older checkpoint, which another key signed. Give it with --older FILE, and its key with --key.`;
    throw new Fault('BAD_INPUT', message);
  }
  const { keys, keyTrusted } = verifyingKeys(await readKeyLines(values.key), publicKey);
  const id = `${olderSize}-${newerSize}`;
  return reportTree(ctx, { id, keyTrusted, facts: {} }, () => verifyConsistency(older, newer, proof, keys));
}

/** @throws Fault BAD_INPUT */
export function readConsistency(file: string): Promise<ConsistencyExport> {
  return readExport(file, isConsistencyExport, {
    subject: 'a proof of consistency',
    advice: 'Write the value of Query.treeConsistency into it, with all its fields.',
  });
}

function isConsistencyExport(value: unknown): value is ConsistencyExport {
  if (!isObject(value)) return false;
  const { olderSize, newerSize, older, newer, proof, publicKey } = value;
  const texts = [older ?? '', newer, publicKey ?? ''];
  return Number.isSafeInteger(olderSize) && Number.isSafeInteger(newerSize) && isTextList(texts) && isTextList(proof);
}
