import type { AgentSession } from '../../core/agent-session.ts';
import type { FileContent } from '../files/read-files.ts';
import {
  boundedOutput,
  type CheckResult,
  type Diagnostic,
  inconclusiveCheck,
  MAX_DIAGNOSTICS,
  stoppedDiagnostic,
} from './check.ts';
import { NODE_TIMEOUT_SEC, type NodeTestResult, type RunNodeTests } from './run-node-tests.ts';

/** Runs the project's tests in the sandbox. */
export async function checkNode(
  files: readonly FileContent[],
  run: RunNodeTests | undefined,
  session: AgentSession,
): Promise<CheckResult> {
  session.progress(undefined, 'node --test');
  const tests = await run?.(files, session.signal);
  if (!tests)
    return inconclusiveCheck(
      'node_test',
      'not installed',
      'This server has no sandbox, so the Node tests were not run.',
    );
  const ran = /^(?:ℹ|#) tests [1-9]/m.test(tests.output);
  const passed = tests.code === 0 && ran;
  return {
    tool: 'node_test',
    status: passed ? 'passed' : 'failed',
    version: tests.version,
    diagnostics: passed ? [] : diagnosticsOf(tests, ran),
    output: boundedOutput(tests.output),
  };
}

/** Reads the list of failures at the end: `test at test/app.test.ts:12:3`, the name, the error. */
function diagnosticsOf({ output, stopped }: NodeTestResult, ran: boolean): readonly Diagnostic[] {
  const failures = [...output.matchAll(/^test at ([\w./-]+):(\d+):(\d+)\n✖ (.+)\n((?: {2}.*\n?){0,3})/gm)].map(
    ([, path = '', line, column, name = '', error = '']) => ({
      path: path.replace(/^\/work\//, ''),
      line: Number(line),
      column: Number(column),
      code: 'TEST_FAILED',
      message: `${name.replace(/ \([\d.]+ms\)$/, '')}: ${error.trim().split('\n')[0] ?? ''}`.slice(0, 500),
    }),
  );
  if (stopped !== undefined)
    return [stoppedDiagnostic(stopped, NODE_TIMEOUT_SEC), ...failures].slice(0, MAX_DIAGNOSTICS);
  if (failures.length > 0) return failures.slice(0, MAX_DIAGNOSTICS);
  return [
    ran
      ? { code: 'TEST_FAILED', message: 'Tests failed; see the output.' }
      : { code: 'NOTHING_CHECKED', message: 'The program ended without checking anything.' },
  ];
}
