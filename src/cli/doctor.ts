import { readEnvironment } from '../config/environment.ts';
import { formatFindings } from './doctor/finding.ts';
import { runChecks } from './doctor/run-checks.ts';
import { EXIT } from './errors.ts';
import type { VerbContext } from './verb.ts';

/** Prints what it found; fails if the server could not do its work. */
export async function doctor(ctx: VerbContext): Promise<number> {
  const findings = await runChecks(readEnvironment(ctx.env));
  if (ctx.output === 'table') await ctx.say(formatFindings(findings));
  else await ctx.print(findings.map(({ name, ...finding }) => ({ id: name, ...finding })));
  return findings.some(({ usable }) => usable === 'no') ? EXIT.failure : EXIT.success;
}
