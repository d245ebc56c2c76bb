import type { AgentSession } from '../../core/agent-session.ts';
import type { FileRef } from '../files/file-ref.ts';
import type { CheckName } from '../stacks/manifest.ts';
import { type CheckResult, inconclusiveCheck } from './check.ts';
import { inspectPython, type PythonInspection } from './inspect-python.ts';
import { MYPY, PYTEST, runPythonTests, UNITTEST } from './python-tests.ts';

const SUITES = [UNITTEST, PYTEST, MYPY];

/** The checks that are implemented by Python. */
export type PythonCheck = Exclude<CheckName, 'ruff' | 'node_test'>;

/** Compiles the files once, and finds out which Python modules are installed. */
export function inspectForChecks(
  files: readonly FileRef[],
  requires: readonly string[],
  session: AgentSession,
): Promise<PythonInspection> {
  return inspectPython(files, [...requires, 'pytest', 'mypy'], session);
}

/** Runs one check, if the files compile and its Python modules are installed. */
export async function checkPython(
  check: PythonCheck,
  args: readonly string[],
  files: readonly FileRef[],
  requires: readonly string[],
  { compile, modules, version }: PythonInspection,
  session: AgentSession,
): Promise<CheckResult> {
  const suite = SUITES.find(({ tool }) => tool === check);
  if (!suite) return compile;
  const needed = check === 'mypy' ? ['mypy'] : check === 'pytest' ? ['pytest', ...requires] : requires;
  const missing = needed.filter((name) => !modules.has(name));
  if (compile.status === 'failed') {
    return inconclusiveCheck(check, 'skipped', 'Not run, because the files do not compile.');
  }
  if (missing.length > 0) {
    const why = `Not run: Python ${version} on this server lacks ${missing.join(', ')}.`;
    return inconclusiveCheck(check, 'not installed', why);
  }
  session.progress(undefined, check);
  return runPythonTests({ ...suite, version, args }, files, session);
}
