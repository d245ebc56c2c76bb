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
  stack: Type.String({ maxLength: 64, description: 'What the files were made of; it says which checks there are.' }),
  files: FileRefs('As `codegen` gives them.'),
  commands: Type.Optional(
    Type.Array(Type.Enum([...CHECK_NAMES]), {
      minItems: 1,
      maxItems: CHECK_NAMES.length,
      description: 'Only these checks.',
    }),
  ),
  fail: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether the step fails when a check does; false: it only tells.' }),
  ),
});

export interface EvaluateDeps {
  readonly stacksDir: string;
  readonly runNodeTests?: RunNodeTests;
}

// `eval` itself cannot be a name in a module.
export function evaluate(deps: EvaluateDeps) {
  return defineStepKind({
    kind: 'EVAL',
    title: 'Evaluate code',
    description:
      'Checks generated files: lints them, compiles them, runs their tests in a sandbox. What is not installed here is ' +
      'said and fails nothing. A failed check fails the step, with all checks in its details, so that `repair` can mend it.',
    input: Input,
    idempotent: true,
    async run({ stack: name, files, commands, fail = true }, session): Promise<Json> {
      const stack = await readStack(deps.stacksDir, name);
      const { checks: known } = stack.manifest;
      const unknown = commands?.find((one) => !known.includes(one));
      if (unknown)
        throw new Fault('BAD_INPUT', `The stack ${name} has no check ${unknown}. It has: ${known.join(', ')}.`);
      const checks = await runChecks(stack, commands ?? known, files, deps, session);
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
  const done: CheckResult[] = [];
  if (checks.includes('ruff')) done.push(await checkRuff(files, session));
  if (manifest.language === 'python') done.push(...(await checkPython(refs, checks, manifest.requires, session)));
  if (checks.includes('node_test')) done.push(await checkNode(files, runNodeTests, session));
  return done;
}

function checksFailedFault(checks: readonly CheckResult[], files: readonly FileRef[]): Fault {
  const bad = checks.filter(({ status }) => status === 'failed');
  const [first] = bad.flatMap(({ diagnostics }) => diagnostics);
  const where = first?.path === undefined ? '' : `${first.path}${first.line === undefined ? '' : `:${first.line}`}: `;
  const message =
    bad.length === 0
      ? 'None of the checks could be made here, so nothing is known of the files. Install what they need, or choose others.'
      : `The files do not pass ${bad.map(({ tool }) => tool).join(', ')}. ${where}${first?.message ?? 'See the checks.'}`;
  const details = { checks, files: files.map(({ path, uri }) => ({ path, uri })) } as unknown as Json;
  return new Fault('BAD_INPUT', message.slice(0, 1_000), { path: ['files'], details });
}
