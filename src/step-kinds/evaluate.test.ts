import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { testPythonEngines, testSandbox } from '../../test/support/runtime/python-engines.ts';
import {
  createTestStepSession,
  type TestStepSession,
  type TestStepTool,
} from '../../test/support/step-kinds/step-session.ts';
import { pythonRun } from '../tools/python-run.ts';
import type { CheckResult } from './checks/check.ts';
import { createRunNodeTests } from './checks/run-node-tests.ts';
import { codegen } from './codegen.ts';
import { evaluate } from './evaluate.ts';
import type { FileRef } from './files/file-ref.ts';
import { plan } from './plan.ts';

const stacksDir = fileURLToPath(new URL('../../examples/stacks', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const runNodeTests = createRunNodeTests({ sandbox: testSandbox, nodeModules });

interface Report {
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

const python: Record<string, TestStepTool> = {};
beforeAll(async () => {
  for (const [name, make] of Object.entries(testPythonEngines)) python[name] = pythonRun(await make());
});
const workWith = (engine: string) => createTestStepSession([python[engine] as TestStepTool]);

async function make(stack: string, session: TestStepSession, resource = 'Listing'): Promise<FileRef[]> {
  const planned = await plan({ stacksDir }).run({ goal: 'A goal', resource, stack }, session);
  const result = await codegen({ stacksDir }).run({ plan: planned as never }, session);
  return [...(result as unknown as { files: FileRef[] }).files];
}

const kind = evaluate({ stacksDir, runNodeTests });
const run = async (input: Parameters<typeof kind.run>[0], session: TestStepSession) =>
  (await kind.run(input, session)) as unknown as Report;
const statuses = ({ checks }: Report) => Object.fromEntries(checks.map(({ tool, status }) => [tool, status]));

/** The same files with one of them replaced. */
const changed = (files: readonly FileRef[], path: string, text: string, session: TestStepSession) =>
  files.map((file) => (file.path === path ? { path, uri: session.addResource(text) } : file));

describe('eval', () => {
  it.each([
    ['wasi', 'Listing'],
    ['native', 'User'],
    ['native', 'Equipment'],
  ])('runs the tests of generated Python on %s, and they pass: %s', async (engine, resource) => {
    const session = workWith(engine);
    const report = await run(
      { stack: 'python-stdlib', files: await make('python-stdlib', session, resource) },
      session,
    );
    expect(report.passed).toBe(true);
    expect(statuses(report)).toEqual({ ruff: 'passed', compile: 'passed', unittest: 'passed' });
    const { output, version } = report.checks.find(({ tool }) => tool === 'unittest') as CheckResult;
    expect(output).toMatch(/Ran (2\d|3\d) tests/);
    expect(version).toMatch(/^3\.1[12]/);
  });

  it.each(['Booking', 'Equipment'])(
    'runs the tests of a generated Node project, and they pass: %s',
    async (resource) => {
      const session = createTestStepSession();
      const report = await run({ stack: 'node-yoga', files: await make('node-yoga', session, resource) }, session);
      expect(report.checks).toEqual([
        expect.objectContaining({ tool: 'node_test', status: 'passed', diagnostics: [] }),
      ]);
    },
  );

  it('reports what is not installed, and does not fail because of it', async () => {
    const session = workWith('wasi');
    const report = await run(
      { stack: 'fastapi-sqlalchemy', files: await make('fastapi-sqlalchemy', session) },
      session,
    );
    expect(statuses(report)).toEqual({
      ruff: 'passed',
      compile: 'passed',
      pytest: 'not installed',
      mypy: 'not installed',
    });
    expect(report.checks.find(({ tool }) => tool === 'pytest')?.output).toMatch(
      /lacks pytest, fastapi, httpx, sqlalchemy/,
    );
  });

  it('reports that there is no sandbox for Node', async () => {
    const session = createTestStepSession();
    const files = await make('node-yoga', session);
    const bare = createRunNodeTests({ sandbox: { ...testSandbox, kind: 'none' }, nodeModules });
    const report = await evaluate({ stacksDir, runNodeTests: bare }).run(
      { stack: 'node-yoga', files, fail: false },
      session,
    );
    expect(report).toMatchObject({ passed: false, checks: [{ tool: 'node_test', status: 'not installed' }] });
  });

  it('fails with all checks in its details, so that `repair` can use them', async () => {
    const session = workWith('native');
    const files = changed(
      await make('python-stdlib', session),
      'tests/test_store.py',
      'import os\n\n\ndef f(:\n',
      session,
    );
    await expect(run({ stack: 'python-stdlib', files }, session)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^The files do not pass ruff, compile\. tests\/test_store\.py:4/),
      details: {
        files: files.map(({ path, uri }) => ({ path, uri })),
        checks: [
          { tool: 'ruff', status: 'failed' },
          {
            tool: 'compile',
            status: 'failed',
            diagnostics: [{ path: 'tests/test_store.py', line: 4, code: 'SyntaxError' }],
          },
          { tool: 'unittest', status: 'skipped' },
        ],
      },
    });
  });

  it.each(['native', 'wasi'])('reports where a Python test fails on %s', async (engine) => {
    const session = workWith(engine);
    const test =
      'import unittest\n\n\nclass ATest(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 2)\n';
    const files = changed(await make('python-stdlib', session), 'tests/test_store.py', test, session);
    const report = await run({ stack: 'python-stdlib', files, commands: ['unittest'], fail: false }, session);
    expect(report).toMatchObject({
      passed: false,
      checks: [{ diagnostics: [{ path: 'tests/test_store.py', line: 6, code: 'AssertionError', message: '1 != 2' }] }],
    });
  });

  it('reports where a Node test fails', async () => {
    const session = createTestStepSession();
    const test =
      "import assert from 'node:assert';\nimport { it } from 'node:test';\nit('adds', () => assert.equal(1, 2));\n";
    const files = changed(await make('node-yoga', session), 'test/app.test.ts', test, session);
    const report = await run({ stack: 'node-yoga', files, fail: false }, session);
    expect(report.checks[0]).toMatchObject({
      status: 'failed',
      diagnostics: [
        { path: 'test/app.test.ts', line: 3, code: 'TEST_FAILED', message: expect.stringMatching(/^adds: /) },
      ],
    });
  });

  it('names the limit at which Node tests were stopped', async () => {
    const session = createTestStepSession();
    const limits = { memoryBytes: 256 * 2 ** 20 };
    const small: typeof testSandbox = {
      ...testSandbox,
      spawn: (program, signal) => testSandbox.spawn({ ...program, limits: { ...program.limits, ...limits } }, signal),
    };
    const test = 'const held = [];\nfor (;;) held.push(Buffer.alloc(2 ** 24, 1));\n';
    const files = changed(await make('node-yoga', session), 'test/app.test.ts', test, session);
    const report = await evaluate({ stacksDir, runNodeTests: createRunNodeTests({ sandbox: small, nodeModules }) }).run(
      { stack: 'node-yoga', files, fail: false },
      session,
    );
    expect(report).toMatchObject({ checks: [{ status: 'failed', diagnostics: [{ code: 'MEMORY' }] }] });
  });

  it.each([
    ['MEMORY', 'RESOURCE_TOO_LARGE'],
    ['TIMEOUT', 'TIMEOUT'],
  ])('fails with the reason for which Python was stopped before the checks: %s', async (stopped, code) => {
    const answer = { return_code: null, stdout: '', stderr: '', stopped };
    const session = createTestStepSession([{ name: 'python.run', run: async () => answer }]);
    const files = [{ path: 'a.py', uri: session.addResource('') }];
    await expect(run({ stack: 'python-stdlib', files, commands: ['compile'] }, session)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`(${stopped})`),
    });
  });

  it('fails tests that check nothing', async () => {
    const session = workWith('native');
    const files = [{ path: 'tests/__init__.py', uri: session.addResource('') }];
    const report = await run({ stack: 'python-stdlib', files, commands: ['unittest'], fail: false }, session);
    expect(report).toMatchObject({ passed: false, checks: [{ diagnostics: [{ code: 'NOTHING_CHECKED' }] }] });
  });

  it.each(['native', 'wasi'])(
    'runs command lines in their order with their arguments on %s, and reports each',
    async (engine) => {
      const session = workWith(engine);
      const test =
        'import unittest\n\n\nclass ATest(unittest.TestCase):\n    def test_a(self):\n        self.fail("no")\n';
      const files = [
        { path: 'more/__init__.py', uri: session.addResource('') },
        { path: 'more/test_a.py', uri: session.addResource(test) },
      ];
      const commands = ['python -m unittest more.test_a -v', 'black --check .', 'ruff .', 'compile'];
      const report = await run({ stack: 'python-stdlib', files, commands, fail: false }, session);
      expect(report).toMatchObject({
        passed: false,
        checks: [
          {
            tool: 'unittest',
            command: commands[0],
            status: 'failed',
            output: expect.stringContaining('test_a (more.test_a.ATest'),
            diagnostics: [{ path: 'more/test_a.py', line: 6, message: 'no' }],
          },
          {
            tool: 'black',
            command: commands[1],
            status: 'not installed',
            output: expect.stringContaining('has no check black'),
          },
          { tool: 'ruff', command: commands[2], status: 'passed' },
          { tool: 'compile', command: commands[3], status: 'passed' },
        ],
      });
      expect(session.called.filter(({ tool }) => tool === 'python.run')).toHaveLength(2);
    },
  );

  it('is not misled by files that shadow the modules of the checks', async () => {
    const session = workWith('native');
    const evil = 'print(\'{"version": "9", "modules": [], "problems": []}\'); raise SystemExit\n';
    const files = ['json.py', 'pathlib.py', 'importlib.py'].map((path) => ({ path, uri: session.addResource(evil) }));
    const report = await run({ stack: 'python-stdlib', files, commands: ['compile'], fail: false }, session);
    expect(report.checks).toMatchObject([
      { tool: 'compile', status: 'passed', version: expect.stringMatching(/^3\.11/) },
    ]);
  });

  it.each([
    ['a check that the stack does not have', { commands: ['node_test'] }, /no check node_test/],
    [
      'a path that leads elsewhere',
      { files: [{ path: '../a.py', uri: 'artifact:sha256/00' }] },
      /cannot have the path/,
    ],
  ])('rejects %s', async (_, more, message) => {
    const session = workWith('native');
    const files = [{ path: 'a.py', uri: session.addResource('') }];
    const order = run({ stack: 'python-stdlib', files, ...more }, session);
    await expect(order).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(message) });
  });
});
