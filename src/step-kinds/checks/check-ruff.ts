import type { AgentSession } from '../../core/agent-session.ts';
import type { FileContent } from '../files/read-files.ts';
import { textOf } from '../files/read-files.ts';
import { callRuff, isPython } from '../ruff/call-ruff.ts';
import type { CheckResult } from './check.ts';
import { inconclusiveCheck, MAX_DIAGNOSTICS } from './check.ts';

/** Lints with ruff's default rules. */
export async function checkRuff(files: readonly FileContent[], session: AgentSession): Promise<CheckResult> {
  const python = files.filter(isPython).map((file) => ({ path: file.path, text: textOf(file) }));
  if (python.length === 0) return inconclusiveCheck('ruff', 'skipped', 'None of the files is Python.');
  const { version, findings } = await callRuff({ files: python, fix: false }, session);
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
