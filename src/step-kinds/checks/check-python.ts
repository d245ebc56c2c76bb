import type { AgentSession } from '../../core/agent-session.ts';
import type { FileRef } from '../files/file-ref.ts';
import type { CheckName } from '../stacks/manifest.ts';
import { type CheckResult, inconclusiveCheck } from './check.ts';
import { inspectPython } from './inspect-python.ts';
import { MYPY, PYTEST, runPythonTests, UNITTEST } from './python-tests.ts';

const SUITES = [UNITTEST, PYTEST, MYPY];

/** Compiles the files, then runs the requested checks whose Python modules are installed. */
export async function checkPython(
  files: readonly FileRef[],
  checks: readonly CheckName[],
  requires: readonly string[],
  session: AgentSession,
): Promise<readonly CheckResult[]> {
  const suites = SUITES.filter(({ tool }) => checks.includes(tool));
  if (suites.length === 0 && !checks.includes('compile')) return [];
  const { compile, modules, version } = await inspectPython(files, [...requires, 'pytest', 'mypy'], session);
  const results: CheckResult[] = checks.includes('compile') ? [compile] : [];
  for (const suite of suites) {
    const needed = suite.tool === 'mypy' ? ['mypy'] : suite.tool === 'pytest' ? ['pytest', ...requires] : requires;
    const missing = needed.filter((name) => !modules.has(name));
    if (compile.status === 'failed') {
      results.push(inconclusiveCheck(suite.tool, 'skipped', 'Not run, because the files do not compile.'));
    } else if (missing.length > 0) {
      const why = `Not run: Python ${version} on this server lacks ${missing.join(', ')}.`;
      results.push(inconclusiveCheck(suite.tool, 'not installed', why));
    } else {
      session.progress(undefined, suite.tool);
      results.push(await runPythonTests({ ...suite, version }, files, session));
    }
  }
  return results;
}
