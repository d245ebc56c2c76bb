import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
let users: TestUsers;
beforeAll(async () => {
  folder = await createTempFolder();
  await writeFile(join(folder.path, 'notes.md'), '');
  const rules = 'p, analyst, exec, exec:///usr/bin/python3 | exec:///usr/local/bin/python3, *, allow\n';
  const file = join(folder.path, 'policy.csv');
  await writeFile(file, `${await readFile('policy/policy.csv', 'utf8')}\n${rules}`);
  server = await startServer({
    env: {
      ...{ POOLS_FILE: 'examples/workers/pools.yaml', POLICY_FILE: file },
      ...{ ALLOWED_LOCAL_ROOTS: `/notes=${folder.path}`, MEMORY_ROOT: `/notes=${folder.path}` },
    },
  });
  users = await createTestUsers(server);
});
afterAll(async () => {
  await server.stop();
  await folder[Symbol.asyncDispose]();
});
const run = (steps: readonly object[], who: 'admin' | 'alice' | 'bob' = 'admin') =>
  users.start({ document: { name: 'test', steps } }, {}, who);

describe('a step with a pool', () => {
  const count = (data: string) => ({
    id: 'count',
    kind: 'transform',
    pool: 'words',
    input: { data, expression: 'words' },
  });

  it('runs in the worker of the pool, whose error is that of the step', async () => {
    const step = { ...count(''), input: { data: 1, expression: 'words' } };
    const failed = await run([step]);
    expect(failed.error).toMatchObject({ code: 'BAD_INPUT', message: 'Give it a text to count.' });
  });

  it('returns its output and progress, and its files are artifacts of the run', async () => {
    const done = await run([count('one two two')], 'alice');
    expect(done.error).toBeNull();
    expect(done.steps[0].output).toMatchObject({
      output: { words: 3, different: 2 },
      artifacts: [{ name: 'words.csv' }],
    });
    const document =
      'query ($id: ID!) { run(id: $id) { artifacts { nodes { name resource { text } } } step(key: "count") { progress { memo } } } }';
    const { run: shown } = await users.ask(document, { id: done.id });
    expect(shown.artifacts.nodes).toMatchObject([
      { name: 'words.csv', resource: { text: 'word,count\r\ntwo,2\r\none,1\r\n' } },
    ]);
    expect(shown.step.progress.memo).toBe('counting');
  });

  it('requires that the policy allows the program', async () => {
    expect((await run([count('one')], 'bob')).error).toMatchObject({ code: 'FORBIDDEN', step: 'count' });
  });

  it('is refused if the pool does not exist', async () => {
    const refused = await run([{ ...count('x'), pool: 'wrods' }]);
    expect(refused).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('words') });
  });
});

describe('the folder of a run', () => {
  it('is shared by its steps: git commits what a shell writes there', async () => {
    const shell = {
      role: 'Writer',
      goal: 'Write.',
      backend: 'bash_cli',
      backend_config: { command_template: 'mkdir -p repo && echo hi > repo/a.txt' },
    };
    const done = await run([
      { id: 'write', kind: 'agent', agent: shell },
      { id: 'init', kind: 'tool', tool: 'repo.git.init', depends_on: ['write'], input: {} },
      { id: 'add', kind: 'tool', tool: 'repo.git.add_all', depends_on: ['init'], input: {} },
      { id: 'commit', kind: 'tool', tool: 'repo.git.commit', depends_on: ['add'], input: { message: 'feat: a' } },
      {
        id: 'more',
        kind: 'agent',
        depends_on: ['commit'],
        agent: { ...shell, backend_config: { command_template: 'echo more >> repo/a.txt; ls repo/.git >/dev/null' } },
      },
      { id: 'again', kind: 'tool', tool: 'repo.git.add_all', depends_on: ['more'], input: {} },
      { id: 'second', kind: 'tool', tool: 'repo.git.commit', depends_on: ['again'], input: { message: 'feat: b' } },
    ]);
    expect(done.error).toBeNull();
    expect(done.steps.at(-1).output).toMatchObject({ committed: true });
  });

  it('refuses to commit a secret, and says where it is', async () => {
    const template = 'mkdir -p repo && printf \'a\\nkey = "AKIA%s"\\n\' IOSFODNN7EXAMPLQ > repo/config.py';
    const shell = {
      role: 'Writer',
      goal: 'Write.',
      backend: 'bash_cli',
      backend_config: { command_template: template },
    };
    const refused = await run([
      { id: 'write', kind: 'agent', agent: shell },
      { id: 'init', kind: 'tool', tool: 'repo.git.init', depends_on: ['write'], input: {} },
      { id: 'add', kind: 'tool', tool: 'repo.git.add_all', depends_on: ['init'], input: {} },
      { id: 'commit', kind: 'tool', tool: 'repo.git.commit', depends_on: ['add'], input: { message: 'feat: a' } },
    ]);
    expect(refused.error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(/config\.py/) });
    expect(JSON.stringify(refused)).not.toContain('IOSFODNN7EXAMPLQ"');
  });
});

describe('the memory of an agent', () => {
  const remembering = (memory_uri: string, goal: string) => {
    const config = { command_template: 'printf "%s" "$SIGNALBOX_MEMORY"' };
    return {
      id: 'a',
      kind: 'agent',
      agent: { role: 'R', goal, backend: 'bash_cli', backend_config: config, memory_uri },
    };
  };

  it.each(['memory:diary', 'file:///notes/notes.md'])(
    '%s is read before the agent runs and appended to afterwards',
    async (uri) => {
      await run([remembering(uri, 'The first time.')]);
      const second = await run([remembering(uri, 'The second time.')]);
      expect(second.error).toBeNull();
      expect(second.steps[0].output.stdout).toContain('The first time.');
    },
  );

  it.each([
    ['memory:a/b', 'BAD_INPUT'],
    ['https://memory.example/', 'BAD_INPUT'],
    ['file:///etc/passwd', 'FORBIDDEN'],
    ['file:///notes/../../etc/x', 'FORBIDDEN'],
  ])('cannot be %s', async (uri, code) => {
    const refused = await run([remembering(uri, 'G')]);
    expect(refused.error ?? refused).toMatchObject({ code });
  });
});
