import type { AgentSession } from '../../core/agent-session.ts';
import type { FileRef } from '../files/file-ref.ts';
import type { CheckName } from '../stacks/manifest.ts';
import { type CheckResult, inconclusiveCheck } from './check.ts';
import { inspectPython } from './inspect-python.ts';
import { MYPY, PYTEST, runPythonTests, UNITTEST } from './python-tests.ts';

const SUITES = [UNITTEST, PYTEST, MYPY];

/** Everything that needs Python: compiles the files, then runs what is asked for and can be imported. */
export async function checkPython(
  files: readonly FileRef[],
  checks: readonly CheckName[],
  requires: readonly string[],
  session: AgentSession,
): Promise<readonly CheckResult[]> {
  const suites = SUITES.filter(({ tool }) => checks.includes(tool));
  if (suites.length === 0 && !checks.includes('compile')) return [];
  const { compile, modules, version } = await inspectPython(files, [...requires, 'pytest', 'mypy'], session);
  const done: CheckResult[] = checks.includes('compile') ? [compile] : [];
  for (const suite of suites) {
    const needed = suite.tool === 'mypy' ? ['mypy'] : suite.tool === 'pytest' ? ['pytest', ...requires] : requires;
    const missing = needed.filter((name) => !modules.has(name));
    if (compile.status === 'failed') {
      done.push(inconclusiveCheck(suite.tool, 'skipped', 'Files that do not compile cannot be tested.'));
    } else if (missing.length > 0) {
      const why = `Python ${version} has no ${missing.join(', ')} here, so this was not checked.`;
      done.push(inconclusiveCheck(suite.tool, 'not installed', why));
    } else {
      session.progress(undefined, suite.tool);
      done.push(await runPythonTests({ ...suite, version }, files, session));
    }
  }
  return done;
}
