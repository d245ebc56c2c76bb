import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { createTestUsers, statesOf, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const yaml = await readFile('examples/workflows/build-and-repair.yaml', 'utf8');
const plain = await readFile('examples/workflows/build_service.yaml', 'utf8');
const EVENTS = `subscription ($id: ID!) { runEvents(runId: $id) { events {
  cursor runId seq type hash step ... on StepStateChanged { to } ... on ToolCalled { call { tool } } ... on Notification { message }
} cursor } }`;
const KINDS = ['plan', 'drive', 'web', 'code', 'check', 'commit', 'tell'];

let server: Server;
let users: TestUsers;
beforeAll(async () => {
  server = await startServer();
  users = await createTestUsers(server);
});
afterAll(async () => void (await server.stop()));

/** Runs a program in the repository that a run created. */
async function inRepository(runId: string, file: string, ...args: readonly string[]) {
  const folder = join(server.dataDir, 'workspaces', runId, 'repo');
  const options = {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: '/tmp',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
  };
  const { stdout, stderr } = await promisify(execFile)(file, [...args], options);
  return stdout + stderr;
}

describe('build_service', () => {
  it('states only what it wants: each step works on what the steps before it made', async () => {
    const run = await users.start({ yaml: plain }, { inputs: { resource: 'Listing' }, waitMs: 55_000 });
    expect(run.error).toBeNull();
    expect(run.goal).toBe('Build a CRUD service for Listing with tests and a README.');
    expect(statesOf(run)).toEqual({
      plan: 'SUCCEEDED',
      drive_search: 'SUCCEEDED',
      web_best_practices: 'SUCCEEDED',
      codegen_api: 'SUCCEEDED',
      eval: 'SUCCEEDED',
      repo_commit: 'SUCCEEDED',
      notify_done: 'SUCCEEDED',
    });
    const outputs = Object.fromEntries(
      run.steps.map(({ key, output }: { key: string; output: unknown }) => [key, output]),
    );
    expect(outputs.plan).toMatchObject({
      resource: 'Listing',
      stack: 'fastapi-sqlalchemy',
      goal: run.goal,
      requirements: ['90% test coverage', 'mypy clean', 'black/ruff'],
    });
    expect(outputs.codegen_api).toMatchObject({
      stack: 'fastapi-sqlalchemy',
      deliverables: [
        { name: 'api', files: expect.arrayContaining(['listing_service/app.py', 'listing_service/routes.py']) },
        { name: 'models', files: expect.arrayContaining(['listing_service/models.py']) },
        { name: 'migrations', files: ['migrations/0001_create_listings.sql'] },
        { name: 'tests', files: ['tests/conftest.py', 'tests/test_listings.py'] },
        { name: 'README.md', files: ['README.md'] },
      ],
    });
    expect(outputs.eval.checks).toMatchObject([
      { tool: 'ruff', command: 'ruff .', status: 'passed' },
      { tool: 'mypy', command: 'mypy .', status: expect.stringMatching(/^(passed|not installed)$/) },
      { tool: 'pytest', command: 'pytest -q', status: expect.stringMatching(/^(passed|not installed)$/) },
    ]);
    expect(await inRepository(run.id, 'git', 'log', '--format=%s')).toBe('auto: scaffold Listing service\n');
    const committed = (await inRepository(run.id, 'git', 'ls-tree', '-r', '--name-only', 'HEAD')).trim().split('\n');
    expect(committed.sort()).toEqual([...outputs.plan.files].sort());
    const readme = await inRepository(run.id, 'git', 'show', 'HEAD:README.md');
    for (const requirement of outputs.plan.requirements) expect(readme).toContain(`- ${requirement}\n`);
    const inputs = run.steps.find(({ key }: { key: string }) => key === 'codegen_api').input;
    expect(inputs).toMatchObject({ plan: outputs.plan, findings: [outputs.drive_search, outputs.web_best_practices] });
    const notified =
      'query ($id: ID!) { run(id: $id) { events(first: 1000, filter: { types: [NOTIFICATION] }) { events { ... on Notification { message } } } } }';
    const { events } = (await users.ask(notified, { id: run.id })).run.events;
    expect(events).toEqual([{ message: 'Run complete for Listing' }]);
  });

  it.each([
    [
      'a stack that does not exist',
      'FastAPI + SQLAlchemy + Postgres',
      'Ruby on Rails',
      'plan',
      /There is no stack "Ruby on Rails"\. Choose from: /,
    ],
    [
      'a deliverable that the stack lacks',
      '"README.md"]',
      '"Dockerfile"]',
      'codegen_api',
      /does not generate "Dockerfile"\. It generates api, /,
    ],
    ['a shell as a check', '"ruff ."', '"ruff . && id"', 'eval', /contains "&", but no shell runs it/],
    [
      'checks that this server does not have',
      '["ruff .", "mypy .", "pytest -q"]',
      '["make test"]',
      'eval',
      /None of the checks could run/,
    ],
    [
      'constraints that are too long',
      '"mypy clean"',
      `"${'x'.repeat(501)}"`,
      null,
      /requirements\.1 must NOT have more than 500 characters/,
    ],
    [
      'no dependency on a plan',
      'depends_on: [drive_search, web_best_practices]',
      'title: Code',
      null,
      /Step codegen_api has nothing to work on/,
    ],
  ] as const)('is refused with %s, with what to do', async (_, from, to, step, message) => {
    const run = await users.start(
      { yaml: plain.replace(from, to) },
      { inputs: { resource: 'Listing' }, waitMs: 55_000 },
    );
    const { code, ...error } = step === null ? run : run.error;
    expect([code === 'NOT_FOUND' ? 'BAD_INPUT' : code, error]).toMatchObject([
      'BAD_INPUT',
      { message: expect.stringMatching(message), ...(step !== null && { step }) },
    ]);
  });
});

describe('build_and_repair', () => {
  it('runs offline from a plan to a notification, visible in a subscription, and its repository passes its tests', async () => {
    const { id } = await users.mutate(
      'startRun',
      { source: { yaml }, inputs: { resource: 'Listing' } },
      '... on Run { id }',
      'alice',
    );
    await using socket = await openSocket(server, users.tokens.alice);
    const watched = socket.watch(EVENTS, { id });
    const run = await until('the run has ended', async () => {
      const now = await users.run(id);
      return ['SUCCEEDED', 'FAILED'].includes(now?.state) && now;
    });
    expect(run.error).toBeNull();
    expect(statesOf(run)).toEqual(Object.fromEntries(KINDS.map((key) => [key, 'SUCCEEDED'])));

    await until('the subscription has ended', () => watched.completed);
    const done = watched.events.filter(({ type, to }) => type === 'STEP_STATE_CHANGED' && to === 'SUCCEEDED');
    expect(done.map(({ step }) => step).sort()).toEqual([...KINDS].sort());
    const called = watched.events.flatMap(({ call }) => (call ? [(call as { tool: string }).tool] : []));
    expect(called).toEqual(
      expect.arrayContaining(['drive.search', 'web.search', 'python.run', 'repo.git.commit', 'notify.send']),
    );
    expect(watched.events.find(({ type }) => type === 'NOTIFICATION')?.message).toContain('are committed as');
    expect(watched.events.map(({ seq }) => seq)).toEqual(watched.events.map((_, i) => i + 1));

    expect(await inRepository(id, 'git', 'log', '--oneline')).toContain('feat: ');
    expect(await inRepository(id, 'git', 'status', '--porcelain')).toBe('');
    expect(await inRepository(id, 'python3', '-m', 'unittest')).toMatch(/\nOK\n?$/);
  });

  it('stores every file that it generates as an artifact', async () => {
    const run = await users.start({ yaml }, { inputs: { resource: 'Booking' } });
    expect(run.error).toBeNull();
    const document =
      'query ($id: ID!) { run(id: $id) { artifacts(first: 100) { totalCount nodes { name mediaType digest step { key } resource { text } } } } }';
    const { artifacts } = (await users.ask(document, { id: run.id })).run;
    const code = artifacts.nodes.filter(({ step }: { step: { key: string } }) => step.key === 'code');
    expect(code.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['README.md']));
    const readme = code.find(({ name }: { name: string }) => name === 'README.md');
    expect(readme.resource.text).toContain('Booking');
    const answer = await server.fetch(`/artifacts/${readme.digest}`, { token: users.tokens.alice });
    expect(await answer.text()).toBe(readme.resource.text);
  });

  it('can be rerun from its check, with the existing code', async () => {
    const first = await users.start({ yaml }, { inputs: { resource: 'Order' } });
    const again = await users.change('rerunFrom', { runId: first.id, step: 'check' }, 'alice');
    const ended = await users.reach(again.id, 'SUCCEEDED');
    expect(ended.rerunOf).toEqual({ id: first.id });
    const calls = 'query ($id: ID!) { run(id: $id) { steps { key toolCalls { tool } } } }';
    const { steps } = (await users.ask(calls, { id: again.id })).run;
    const called = steps.map(({ key, toolCalls }: { key: string; toolCalls: { tool: string }[] }) => [
      key,
      toolCalls.length > 0,
    ]);
    expect(Object.fromEntries(called)).toMatchObject({
      drive: false,
      web: false,
      code: false,
      check: true,
      commit: true,
    });
    const filesOf = (run: { outputs: { name: string; value: unknown }[] }) =>
      run.outputs.find(({ name }) => name === 'files')?.value;
    expect(filesOf(ended)).toEqual(filesOf(first));
    expect(await inRepository(again.id, 'git', 'log', '--oneline')).toContain('feat: ');
  });

  it('also generates a GraphQL service for Node, whose tests pass', async () => {
    const run = await users.start({ yaml }, { inputs: { resource: 'Article', stack: 'node-yoga' } });
    expect(run.error).toBeNull();
    const checks = run.outputs.find(({ name }: { name: string }) => name === 'checks').value;
    expect(checks).toEqual(
      expect.arrayContaining([expect.objectContaining({ tool: expect.stringContaining('node'), status: 'passed' })]),
    );
  });

  it('distinguishes checks that are not installed from checks that passed', async () => {
    const run = await users.start({ yaml }, { inputs: { resource: 'User', stack: 'fastapi-sqlalchemy' } });
    const checks = run.outputs.find(({ name }: { name: string }) => name === 'checks')?.value ?? run.error;
    const statuses = Object.fromEntries(
      checks.map(({ tool, status }: { tool: string; status: string }) => [tool, status]),
    );
    expect(statuses).toMatchObject({ ruff: 'passed', pytest: 'not installed' });
  });

  it.each([
    ['an invalid name', { resource: 'x; import os' }, 'BAD_INPUT'],
    ['an unknown stack', { resource: 'Listing', stack: '../../etc' }, 'NOT_FOUND'],
  ])('is refused with %s', async (_, inputs, code) => {
    const run = await users.start({ yaml }, { inputs });
    expect(run.error).toMatchObject({ code, step: 'plan' });
  });
});
