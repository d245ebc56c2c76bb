import type { AgentSession } from '../../core/agent-session.ts';
import { callPython } from '../../step-kinds/checks/call-python.ts';
import { boundedOutput, type Check, type Diagnostic } from '../../step-kinds/checks/check.ts';
import type { FileRef } from '../files/file-ref.ts';
import { readTraceback } from './read-traceback.ts';

interface Suite {
  readonly tool: 'unittest' | 'pytest' | 'mypy';
  readonly code: string;
  readonly version: string;
  /** What its output says when there was something to do; without it nothing was checked. */
  readonly proof: RegExp;
}

const TIMEOUT_SEC = 120;

/** Python's own test runner, over everything below `tests`. */
export const UNITTEST: Omit<Suite, 'version'> = {
  tool: 'unittest',
  code: 'import unittest\nsys.path.insert(0, root)\nunittest.main(module=None, argv=["unittest", "discover", "-s", "tests", "-t", "."])\n',
  proof: /^Ran [1-9]\d* tests? in /m,
};

export const PYTEST: Omit<Suite, 'version'> = {
  tool: 'pytest',
  code: 'import pytest\nsys.path.insert(0, root)\nsys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--color=no", "tests"]))\n',
  proof: /\b[1-9]\d* (passed|failed|error)/,
};

export const MYPY: Omit<Suite, 'version'> = {
  tool: 'mypy',
  code:
    'from mypy import api\n' +
    'out, err, code = api.run(["--cache-dir=/dev/null", "--no-color-output", "--ignore-missing-imports", "."])\n' +
    'print(out, err, sep="")\nsys.exit(code)\n',
  proof: /(Success: no issues found in|Found) [1-9]\d* /,
};

/** It passed when Python ended well and something was really checked. */
export async function runPythonTests(suite: Suite, files: readonly FileRef[], work: AgentSession): Promise<Check> {
  const { tool, code, version, proof } = suite;
  const answer = await callPython({ code, files, timeoutSec: TIMEOUT_SEC }, work);
  const output = [answer.stdout, answer.stderr].filter((text) => text.trim() !== '').join('\n');
  const checked = proof.test(output);
  const passed = answer.return_code === 0 && answer.stopped === undefined && checked;
  const problems = passed ? [] : [...readTraceback(output), ...trouble(answer.stopped, checked)];
  return { tool, status: passed ? 'passed' : 'failed', version, diagnostics: problems, output: boundedOutput(output) };
}

function trouble(stopped: string | undefined, checked: boolean): readonly Diagnostic[] {
  if (stopped !== undefined)
    return [{ code: stopped, message: `It was stopped: ${stopped}, after ${TIMEOUT_SEC} s at most.` }];
  return checked ? [] : [{ code: 'NOTHING_CHECKED', message: 'It ended without having checked anything.' }];
}
