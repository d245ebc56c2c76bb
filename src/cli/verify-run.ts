import type { RunExport } from '../audit/run-export.ts';
import { type OfflineReport, verifyRunOffline } from '../audit/verify-offline.ts';
import { Fault } from '../core/errors.ts';
import { EXIT } from './errors.ts';
import type { VerbContext } from './verb.ts';
import { isObject, readExport, readKeyLines } from './verify-input.ts';
import { checkpointLines } from './verify-report.ts';

/**
 * `verify run`: the chain, the place in the tree, the signature. Fails when anything is wrong, and with trusted keys also when
 * no checkpoint of theirs covers the run: anybody who can change an export can also remove its checkpoint.
 */
export async function verifyRunExport(
  ctx: VerbContext,
  [file = '-']: readonly (string | undefined)[],
  options: { readonly key?: readonly string[] },
): Promise<number> {
  const exported = await readExport(file, isRunExport, {
    subject: 'an export of a run',
    advice: 'Write the value of Run.export into it, unchanged.',
  });
  const report = verifyByKeys(exported, await readKeyLines(options.key));
  if (ctx.output === 'table') await ctx.say(formatReport(exported.runId, report));
  else await ctx.print([{ id: exported.runId, ...report }]);
  return report.valid ? EXIT.success : EXIT.failure;
}

function isRunExport(value: unknown): value is RunExport {
  if (!isObject(value) || typeof value.runId !== 'string' || !Array.isArray(value.events)) return false;
  return value.events.every(isObject);
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
  if (checkpoint) lines.push(...checkpointLines({ checkpoint }, keyTrusted));
  else lines.push('  checkpoint  none: nothing signed covers the run');
  if (firstInvalidSeq !== undefined) lines.push(`  first wrong event: seq ${firstInvalidSeq}`);
  return [valid ? 'Valid' : 'INVALID', ...lines, ...problems.map((problem) => `  ${problem}`)].join('\n');
}
