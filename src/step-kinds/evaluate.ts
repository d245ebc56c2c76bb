import { Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import type { Json } from '../lib/json.ts';
import { type CheckResult, inconclusiveCheck } from './checks/check.ts';
import { checkNode } from './checks/check-node.ts';
import { checkPython, inspectForChecks } from './checks/check-python.ts';
import { checkRuff } from './checks/check-ruff.ts';
import { type CheckRequest, MAX_COMMAND_CHARS, MAX_COMMANDS, parseCommandLine } from './checks/command-line.ts';
import type { PythonInspection } from './checks/inspect-python.ts';
import type { RunNodeTests } from './checks/run-node-tests.ts';
import { defineStepKind } from './define-step-kind.ts';
import { type FileRef, FileRefs } from './files/file-ref.ts';
import { readFiles } from './files/read-files.ts';
import { CHECK_NAMES, type CheckName } from './stacks/manifest.ts';
import { MAX_STACK_CHARS, readStack, type Stack } from './stacks/read-stack.ts';

const Input = Type.Object({
  stack: Type.String({
    maxLength: MAX_STACK_CHARS,
    description: 'Stack of the files: its name, or words that contain it. It defines the default checks.',
  }),
  files: FileRefs('Files to check, as returned by `codegen`.'),
  commands: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: MAX_COMMAND_CHARS, pattern: '\\S', description: 'One check.' }), {
      minItems: 1,
      maxItems: MAX_COMMANDS,
      description:
        'Checks to run, by name or as command lines such as `pytest -q`. Maximum 20. Default: all checks of the stack.',
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
      const requests = commands?.map(parseCommandLine);
      const stack = await readStack(deps.stacksDir, name);
      const checks = await runChecks(stack, requests ?? stack.manifest.checks.map(checkOfStack), files, deps, session);
      const passed =
        checks.every(({ status }) => status !== 'failed') && checks.some(({ status }) => status === 'passed');
      for (const { tool, status } of checks) session.log(status === 'failed' ? 'WARN' : 'INFO', `${tool}: ${status}`);
      if (!passed && fail) throw checksFailedFault(checks, files);
      return { passed, checks } as unknown as Json;
    },
  });
}

const checkOfStack = (check: CheckName): CheckRequest => ({ tool: check, check, args: [] });

async function runChecks(
  { name, manifest: { language, requires } }: Stack,
  requests: readonly CheckRequest[],
  refs: readonly FileRef[],
  { runNodeTests }: EvaluateDeps,
  session: AgentSession,
): Promise<readonly CheckResult[]> {
  const available = CHECK_NAMES.filter((check) => (check === 'node_test') === (language === 'node'));
  const other = requests.find(({ check }) => check !== undefined && !available.includes(check));
  if (other)
    throw new Fault(
      'BAD_INPUT',
      `The stack ${name} has no check ${other.tool}. Choose from: ${available.join(', ')}.`,
      {
        path: ['commands'],
      },
    );
  const files = await readFiles(refs, session);
  let inspection: Promise<PythonInspection> | undefined;
  const run = async ({ tool, check, args }: CheckRequest): Promise<CheckResult> => {
    if (check === undefined) {
      return inconclusiveCheck(
        tool,
        'not installed',
        `This server has no check ${tool}. It has ${available.join(', ')}.`,
      );
    }
    if (check === 'ruff') return checkRuff(files, session);
    if (check === 'node_test') return checkNode(files, runNodeTests, session);
    inspection ??= inspectForChecks(refs, requires, session);
    return checkPython(check, args, refs, requires, await inspection, session);
  };
  const results: CheckResult[] = [];
  for (const request of requests) {
    results.push({ ...(await run(request)), ...(request.command !== undefined && { command: request.command }) });
  }
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
