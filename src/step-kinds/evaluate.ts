import { Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import type { Json } from '../lib/json.ts';
import type { CheckResult } from './checks/check.ts';
import { checkNode } from './checks/check-node.ts';
import { checkPython } from './checks/check-python.ts';
import { checkRuff } from './checks/check-ruff.ts';
import type { RunNodeTests } from './checks/run-node-tests.ts';
import { defineStepKind } from './define-step-kind.ts';
import { type FileRef, FileRefs } from './files/file-ref.ts';
import { readFiles } from './files/read-files.ts';
import { CHECK_NAMES, type CheckName } from './stacks/manifest.ts';
import { readStack, type Stack } from './stacks/read-stack.ts';

const Input = Type.Object({
  stack: Type.String({ maxLength: 64, description: 'Stack of the files; it defines the available checks.' }),
  files: FileRefs('Files to check, as returned by `codegen`.'),
  commands: Type.Optional(
    Type.Array(Type.Enum([...CHECK_NAMES]), {
      minItems: 1,
      maxItems: CHECK_NAMES.length,
      description: 'Checks to run. Default: all checks of the stack.',
    }),
  ),
  fail: Type.Optional(
    Type.Boolean({
      default: true,
      description: 'Whether a failed check fails the step; false: it is only reported. Default true.',
    }),
  ),
});

export interface EvaluateDeps {
  readonly stacksDir: string;
  readonly runNodeTests?: RunNodeTests;
}

// A module cannot use the name `eval`.
export function evaluate(deps: EvaluateDeps) {
  return defineStepKind({
    kind: 'EVAL',
    title: 'Evaluate code',
    description:
      'Checks generated files: lints them, compiles them, and runs their tests in a sandbox. Tools that are not installed ' +
      'are reported and fail nothing. A failed check fails the step, with all checks in its details for `repair`.',
    input: Input,
    idempotent: true,
    async run({ stack: name, files, commands, fail = true }, session): Promise<Json> {
      const stack = await readStack(deps.stacksDir, name);
      const { checks: available } = stack.manifest;
      const unknown = commands?.find((name) => !available.includes(name));
      if (unknown)
        throw new Fault(
          'BAD_INPUT',
          `The stack ${name} has no check ${unknown}. Choose from: ${available.join(', ')}.`,
        );
      const checks = await runChecks(stack, commands ?? available, files, deps, session);
      const passed =
        checks.every(({ status }) => status !== 'failed') && checks.some(({ status }) => status === 'passed');
      for (const { tool, status } of checks) session.log(status === 'failed' ? 'WARN' : 'INFO', `${tool}: ${status}`);
      if (!passed && fail) throw checksFailedFault(checks, files);
      return { passed, checks } as unknown as Json;
    },
  });
}

async function runChecks(
  { manifest }: Stack,
  checks: readonly CheckName[],
  refs: readonly FileRef[],
  { runNodeTests }: EvaluateDeps,
  session: AgentSession,
): Promise<readonly CheckResult[]> {
  const files = await readFiles(refs, session);
  const results: CheckResult[] = [];
  if (checks.includes('ruff')) results.push(await checkRuff(files, session));
  if (manifest.language === 'python') results.push(...(await checkPython(refs, checks, manifest.requires, session)));
  if (checks.includes('node_test')) results.push(await checkNode(files, runNodeTests, session));
  return results;
}

function checksFailedFault(checks: readonly CheckResult[], files: readonly FileRef[]): Fault {
  const failed = checks.filter(({ status }) => status === 'failed');
  const [first] = failed.flatMap(({ diagnostics }) => diagnostics);
  const where = first?.path === undefined ? '' : `${first.path}${first.line === undefined ? '' : `:${first.line}`}: `;
  const message =
    failed.length === 0
      ? 'None of the checks could run on this server, so the files are unchecked. Install the tools that they require, or choose other checks.'
      : `The files do not pass ${failed.map(({ tool }) => tool).join(', ')}. ${where}${first?.message ?? 'See the checks in the details.'}`;
  const details = { checks, files: files.map(({ path, uri }) => ({ path, uri })) } as unknown as Json;
  return new Fault('BAD_INPUT', message.slice(0, 1_000), { path: ['files'], details });
}
