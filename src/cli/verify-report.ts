import type { VerifiedCheckpoint } from '../audit/verify-tree.ts';
import { EXIT } from './errors.ts';
import type { VerbContext } from './verb.ts';

/** Each checkpoint with its key. @param checkpoints by what to call them, in at most 10 characters */
export function checkpointLines(
  checkpoints: Readonly<Record<string, VerifiedCheckpoint>>,
  keyTrusted: boolean,
): readonly string[] {
  const trust = keyTrusted ? 'trusted' : 'from the export itself: give a key that you trust with --key';
  return Object.entries(checkpoints).flatMap(([name, { origin, size, rootHash, keyId }]) => [
    `  ${name.padEnd(10)}  ${origin}, ${size} leaves, root ${rootHash}`,
    `  key         ${origin}+${keyId}, ${trust}`,
  ]);
}

/** What `verify inclusion` and `verify consistency` show. */
interface TreeReport {
  readonly valid: boolean;
  readonly keyTrusted: boolean;
  readonly problems: readonly string[];
}

type TreeFacts = Readonly<Record<string, string | number>>;

/**
 * Verifies, prints the result, and resolves with the exit code.
 * @param id of what was exported
 * @param facts of the export, for the report
 * @param prove returns the checkpoints that it verified @throws TypeError that names the problem
 */
export async function reportTree(
  ctx: VerbContext,
  { id, keyTrusted, facts }: { readonly id: string; readonly keyTrusted: boolean; readonly facts: TreeFacts },
  prove: () => Readonly<Record<string, VerifiedCheckpoint>>,
): Promise<number> {
  let checkpoints: Readonly<Record<string, VerifiedCheckpoint>> = {};
  const problems: string[] = [];
  try {
    checkpoints = prove();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    problems.push(error.message);
  }
  const report: TreeReport = { valid: problems.length === 0, keyTrusted, problems };
  if (ctx.output !== 'table') await ctx.print([{ id, ...facts, ...report, ...checkpoints }]);
  else {
    const lines = Object.entries(facts).map(([name, value]) => `  ${name.padEnd(10)}  ${value}`);
    lines.push(...checkpointLines(checkpoints, keyTrusted), ...problems.map((problem) => `  ${problem}`));
    await ctx.say([report.valid ? 'Valid' : 'INVALID', ...lines].join('\n'));
  }
  return report.valid ? EXIT.success : EXIT.failure;
}
