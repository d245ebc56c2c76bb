import type { AgentSession } from '../../core/agent-session.ts';
import type { FileBytes } from '../files/read-files.ts';
import { textOf } from '../files/read-files.ts';
import { callRuff, isPython } from '../ruff/call-ruff.ts';
import type { Check } from './check.ts';
import { MAX_DIAGNOSTICS, withoutVerdict } from './check.ts';

/** Lints by ruff's default rules. */
export async function checkRuff(files: readonly FileBytes[], work: AgentSession): Promise<Check> {
  const python = files.filter(isPython).map((file) => ({ path: file.path, text: textOf(file) }));
  if (python.length === 0) return withoutVerdict('ruff', 'skipped', 'None of the files is Python.');
  const { version, findings } = await callRuff({ files: python, mend: false }, work);
  const output = findings.map(
    ({ path, line, column, code, message }) => `${path}:${line}:${column}: ${code} ${message}`,
  );
  return {
    tool: 'ruff',
    status: findings.length === 0 ? 'passed' : 'failed',
    version,
    diagnostics: findings.slice(0, MAX_DIAGNOSTICS),
    output: output.slice(0, MAX_DIAGNOSTICS).join('\n'),
  };
}
