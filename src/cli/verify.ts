import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { RunExport } from '../audit/run-export.ts';
import { type OfflineReport, verifyRunOffline } from '../audit/verify-offline.ts';
import { Fault } from '../core/errors.ts';
import { EXIT, printLine, UsageError } from './output.ts';

/**
 * Verifies an export of a run without a server, and prints what it verified. Fails when anything is wrong, and with
 * trusted keys also when no checkpoint of theirs covers the run: anybody who can change an export can also remove its checkpoint.
 */
export async function verify(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean', default: false } },
  });
  const [file = '-', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('verify takes one file.');
  const [content, ...keyFiles] = await Promise.all([readInput(file), ...values.key.map(readInput)]);
  const keys = keyFiles.flatMap((keyFile) => keyFile.split('\n').filter((line) => line.trim() !== ''));
  if (values.key.length > 0 && keys.length === 0)
    throw new Fault('BAD_INPUT', 'There is no key in the files of --key.');
  const exported = parseExport(content, file);
  const report = verifyByKeys(exported, keys);
  printLine(
    values.json ? JSON.stringify({ runId: exported.runId, ...report }, null, 2) : formatReport(exported.runId, report),
  );
  return report.valid ? EXIT.success : EXIT.failure;
}

async function readInput(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const message = `${file} cannot be read: ${(cause as Error).message}. Write the path of a file, or - for standard input.`;
    throw new Fault('BAD_INPUT', message, { cause });
  }
}

function parseExport(content: string, file: string): RunExport {
  const name = file === '-' ? 'Standard input' : file;
  const advice = 'Write the value of Run.export into it, unchanged.';
  try {
    const value: unknown = JSON.parse(content);
    if (isExport(value)) return value;
  } catch (cause) {
    throw new Fault('BAD_INPUT', `${name} is not JSON: ${(cause as Error).message}. ${advice}`, { cause });
  }
  throw new Fault('BAD_INPUT', `${name} is not an export of a run. ${advice}`);
}

/** Whether it can be verified at all; what its events and its proof are worth is then reported. */
function isExport(value: unknown): value is RunExport {
  if (!isObject(value) || typeof value.runId !== 'string' || !Array.isArray(value.events)) return false;
  return value.events.every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** By the trusted key that the checkpoint names, so that keys of former servers can be trusted as well. */
function verifyByKeys(exported: RunExport, trustedKeys: readonly string[]): OfflineReport {
  const [origin] = String(exported.inclusion?.checkpoint).split('\n', 1);
  const trustedKey = trustedKeys.find((key) => key.startsWith(`${origin}+`)) ?? trustedKeys[0];
  try {
    const report = verifyRunOffline(exported, trustedKey);
    if (trustedKey === undefined || exported.inclusion) return report;
    const problem = 'no checkpoint is in the export; export the run again a second after its end';
    return { ...report, valid: false, problems: [...report.problems, problem] };
  } catch (cause) {
    throw new Fault('BAD_INPUT', `The run cannot be verified: ${(cause as Error).message}.`, { cause });
  }
}

function formatReport(runId: string, report: OfflineReport): string {
  const { valid, events, headHash, firstInvalidSeq, checkpoint, keyTrusted, problems } = report;
  const lines = [`  run         ${runId}`, `  events      ${events}`];
  if (headHash !== undefined) lines.push(`  head        ${headHash}`);
  if (checkpoint) {
    const { origin, size, rootHash, keyId } = checkpoint;
    lines.push(`  checkpoint  ${origin}, ${size} leaves, root ${rootHash}`);
    const trust = keyTrusted ? 'trusted' : 'from the export itself: give a key that you trust with --key';
    lines.push(`  key         ${origin}+${keyId}, ${trust}`);
  } else lines.push('  checkpoint  none: nothing signed covers the run');
  if (firstInvalidSeq !== undefined) lines.push(`  first wrong event: seq ${firstInvalidSeq}`);
  return [valid ? 'Valid' : 'INVALID', ...lines, ...problems.map((problem) => `  ${problem}`)].join('\n');
}
