import { verifyConsistencyExport } from './verify-consistency.ts';
import { verifyInclusionExport } from './verify-inclusion.ts';
import { verifyRunExport } from './verify-run.ts';

const SUBJECTS = {
  run: verifyRunExport,
  inclusion: verifyInclusionExport,
  consistency: verifyConsistencyExport,
} as const;

/**
 * Verifies an export without a server, and prints what it verified: `run`, which is the default, `inclusion` or `consistency`.
 * With trusted keys, only what they signed counts.
 * @throws UsageError, Fault BAD_INPUT for a file that cannot be read or is not such an export
 */
export async function verify(args: readonly string[]): Promise<number> {
  const [subject = '', ...rest] = args;
  if (Object.hasOwn(SUBJECTS, subject)) return SUBJECTS[subject as keyof typeof SUBJECTS](rest);
  return verifyRunExport(args);
}
