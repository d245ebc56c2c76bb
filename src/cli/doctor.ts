import { parseArgs } from 'node:util';
import { readEnvironment } from '../config/environment.ts';
import { formatFindings } from './doctor/finding.ts';
import { runChecks } from './doctor/run-checks.ts';
import { EXIT, printLine } from './output.ts';

/** Prints what it found; fails if the server could not do its work. */
export async function doctor(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const findings = await runChecks(readEnvironment(env));
  printLine(values.json ? JSON.stringify(findings, null, 2) : formatFindings(findings));
  return findings.some(({ usable }) => usable === 'no') ? EXIT.failure : EXIT.success;
}
