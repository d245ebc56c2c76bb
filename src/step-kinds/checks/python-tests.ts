import type { AgentSession } from '../../core/agent-session.ts';
import type { FileRef } from '../files/file-ref.ts';
import { callPython } from './call-python.ts';
import { boundedOutput, type CheckResult, type Diagnostic, MAX_DIAGNOSTICS, stoppedDiagnostic } from './check.ts';

const FRAME = /^ +File "([^"]+)", line (\d+)/;
const ERROR = /^([A-Z][\w.]*(?:Error|Exception|Failure|Warning|Exit|Interrupt)?): (.*)$/;
const COMPACT_ERROR = /^((?:[\w.-]+\/)*[\w.-]+\.py):(\d+):(?: (?:error|note):)? (.+)$/;
const MAX_MESSAGE_CHARS = 500;
/** The folder of the files in the sandbox. */
const SANDBOX_ROOT = /^.*\/work\//;

/** Reads failures from the output of unittest, pytest and mypy: the last frame in the checked files, and the error. */
function readTraceback(output: string): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let frame: { readonly path: string; readonly line: number } | undefined;
  for (const line of output.split('\n')) {
    if (diagnostics.length >= MAX_DIAGNOSTICS) break;
    const nextFrame = frameOf(line);
    if (nextFrame) {
      frame = nextFrame;
      continue;
    }
    const [, kind, message = ''] = ERROR.exec(line) ?? [];
    if (kind !== undefined && frame) {
      diagnostics.push({ ...frame, code: kind, message: message.slice(0, MAX_MESSAGE_CHARS) });
      frame = undefined;
      continue;
    }
    const [, path, at, text = ''] = COMPACT_ERROR.exec(line) ?? [];
    if (path !== undefined) diagnostics.push({ path, line: Number(at), message: text.slice(0, MAX_MESSAGE_CHARS) });
  }
  return diagnostics;
}

/** A frame in the checked files; undefined for one in Python's library. */
function frameOf(line: string): { readonly path: string; readonly line: number } | undefined {
  const [, file = '', at] = FRAME.exec(line) ?? [];
  if (!file.endsWith('.py') || (file.startsWith('/') && !SANDBOX_ROOT.test(file))) return undefined;
  return { path: file.replace(SANDBOX_ROOT, ''), line: Number(at) };
}

interface PythonSuite {
  readonly tool: 'unittest' | 'pytest' | 'mypy';
  /** Reads the arguments of the command line from `sys.argv`. */
  readonly code: string;
  readonly version: string;
  readonly args: readonly string[];
  /** Matches the output when something was checked. */
  readonly ranPattern: RegExp;
}

const TIMEOUT_SEC = 120;

/** Python's own test runner; without arguments, over everything below `tests`. */
export const UNITTEST: Omit<PythonSuite, 'version' | 'args'> = {
  tool: 'unittest',
  code: 'import unittest\nsys.path.insert(0, root)\nunittest.main(module=None, argv=["unittest", *(sys.argv[1:] or ["discover", "-s", "tests", "-t", "."])])\n',
  ranPattern: /^Ran [1-9]\d* tests? in /m,
};

export const PYTEST: Omit<PythonSuite, 'version' | 'args'> = {
  tool: 'pytest',
  code: 'import pytest\nsys.path.insert(0, root)\nsys.exit(pytest.main(["-p", "no:cacheprovider", "--color=no", *(sys.argv[1:] or ["-q", "tests"])]))\n',
  ranPattern: /\b[1-9]\d* (passed|failed|error)/,
};

export const MYPY: Omit<PythonSuite, 'version' | 'args'> = {
  tool: 'mypy',
  code:
    'from mypy import api\n' +
    'out, err, code = api.run(["--cache-dir=/dev/null", "--no-color-output", "--ignore-missing-imports", *(sys.argv[1:] or ["."])])\n' +
    'print(out, err, sep="")\nsys.exit(code)\n',
  ranPattern: /(Success: no issues found in|Found) [1-9]\d* /,
};

/** A suite passes when Python exits with 0 and something was actually checked. */
export async function runPythonTests(
  suite: PythonSuite,
  files: readonly FileRef[],
  session: AgentSession,
): Promise<CheckResult> {
  const { tool, code, version, args, ranPattern } = suite;
  const answer = await callPython({ code, args, files, timeoutSec: TIMEOUT_SEC }, session);
  const output = [answer.stdout, answer.stderr].filter((text) => text.trim() !== '').join('\n');
  const checked = ranPattern.test(output);
  const passed = answer.return_code === 0 && answer.stopped === undefined && checked;
  const problems = passed ? [] : [...readTraceback(output), ...suiteDiagnostics(answer.stopped, checked)];
  return { tool, status: passed ? 'passed' : 'failed', version, diagnostics: problems, output: boundedOutput(output) };
}

function suiteDiagnostics(stopped: string | undefined, checked: boolean): readonly Diagnostic[] {
  if (stopped !== undefined) return [stoppedDiagnostic(stopped, TIMEOUT_SEC)];
  return checked ? [] : [{ code: 'NOTHING_CHECKED', message: 'The program ended without checking anything.' }];
}
