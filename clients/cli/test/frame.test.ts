import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
});

afterAll(async () => {
  await server?.stop();
});

/** A command line with a folder for its hosts file. */
function signalboxIn(folder: string, env: Readonly<Record<string, string>> = {}) {
  return (args: readonly string[], input?: string) =>
    runCli(args, { env: { XDG_CONFIG_HOME: folder, ...env }, ...(input !== undefined && { input }) });
}

describe('the frame of the command line', () => {
  it('prints the help without a verb, with the verbs of client and server', async () => {
    const { code, output, complaint } = await runCli([]);
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    for (const verb of ['login', 'whoami', 'serve', 'worker']) expect(output).toMatch(new RegExp(`^  ${verb}`, 'm'));
  });

  it('signs in with a password from standard input, keeps the token for its user only, and forgets it', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    const login = await signalbox(['login', '--url', server.url, '--user', 'alice', '--password-stdin'], 'alice\n');
    expect([login.code, login.output, login.complaint]).toEqual([
      0,
      '',
      `alice is signed in to ${server.url} (profile default).`,
    ]);
    const file = await stat(join(folder.path, 'signalbox', 'hosts.json'));
    const parent = await stat(join(folder.path, 'signalbox'));
    expect([file.mode & 0o777, parent.mode & 0o777]).toEqual([0o600, 0o700]);
    const whoami = await signalbox(['whoami', '-o', 'json']);
    expect(JSON.parse(whoami.output)).toMatchObject([{ username: 'alice', id: expect.any(String) }]);
    expect((await signalbox(['logout'])).code).toBe(0);
    const after = await signalbox(['whoami', '--url', server.url]);
    expect([after.code, after.output, after.complaint]).toEqual([3, '', expect.stringContaining('signalbox login')]);
  });

  it('keeps the profiles of sign-ins that happen at once, also after one that was killed', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    const token = await tokenFor('alice', { roles: ['user'] });
    const signIn = (name: string) =>
      signalbox(['login', '--url', server.url, '--token-stdin', '--profile', name], token);
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    expect((await Promise.all(names.map(signIn))).map(({ code }) => code)).toEqual(names.map(() => 0));
    const file = join(folder.path, 'signalbox', 'hosts.json');
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8'))).toSorted()).toEqual(names);
    await writeFile(`${file}.lock`, '');
    await utimes(`${file}.lock`, 0, 0);
    expect((await signIn('late')).code).toBe(0);
    expect((await signalbox(['logout', '--profile', 'p3'])).code).toBe(0);
    const left = [...names.filter((name) => name !== 'p3'), 'late'].toSorted();
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8'))).toSorted()).toEqual(left);
    expect(await readdir(join(folder.path, 'signalbox'))).toEqual(['hosts.json']);
  });

  it('keeps no token that the server refuses', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    const wrong = await signalbox(['login', '--url', server.url, '--user', 'alice', '--password-stdin'], 'wrong\n');
    expect([wrong.code, wrong.output]).toEqual([3, '']);
    const token = await tokenFor('alice', { roles: ['user'], expiresIn: '-1m' });
    const expired = await signalbox(['login', '--url', server.url, '--token-stdin'], token);
    expect([expired.code, expired.output]).toEqual([3, '']);
    await expect(stat(join(folder.path, 'signalbox', 'hosts.json'))).rejects.toThrow('ENOENT');
  });

  it('sends a saved token only to the server that it was saved for', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    await signalbox(['login', '--url', server.url, '--user', 'alice', '--password-stdin'], 'alice\n');
    const other = server.url.replace('127.0.0.1', 'localhost');
    expect((await signalbox(['whoami', '--url', other])).code).toBe(3);
  });

  it('takes the server and the token from the environment', async () => {
    const token = await tokenFor('bob', { roles: ['user'] });
    const signalbox = signalboxIn('/nonexistent', { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token });
    const { code, output } = await signalbox(['whoami', '-o', 'id']);
    expect([code, output]).toEqual([0, 'bob']);
  });

  it('starts a run of a file, of standard input, of a URL and of a saved workflow, with inputs', async () => {
    const token = await tokenFor('alice', { roles: ['admin'] });
    const signalbox = signalboxIn('/nonexistent', { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token });
    await using folder = await createTempFolder();
    const file = join(folder.path, 'nap.yaml');
    const yaml =
      'name: nap\ninputs: { ms: integer }\nsteps:\n  - { id: nap, kind: sleep, input: { ms: "{{ ms }}" } }\n';
    await writeFile(file, yaml);
    const saved = await server.query(
      'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { ... on Workflow { name } } }',
      { yaml },
      token,
    );
    expect(saved.data.saveWorkflow).toEqual({ name: 'nap' });
    for (const document of [file, '-', `data:text/plain,${encodeURIComponent(yaml)}`, 'nap']) {
      const { code, output, complaint } = await signalbox(['run', document, '--input', 'ms=1', '-o', 'jsonl'], yaml);
      expect([code, complaint]).toEqual([0, '']);
      const { id, workflow } = JSON.parse(output);
      expect(workflow).toBe('nap');
      const run = () => server.query('query ($id: ID!) { run(id: $id) { state } }', { id }, token);
      await expect.poll(async () => (await run()).data.run.state).toBe('SUCCEEDED');
    }
    const unreadable = await signalbox(['run', './missing.yaml']);
    expect([unreadable.code, unreadable.complaint]).toEqual([2, expect.stringContaining('./missing.yaml')]);
    const refused = await signalbox(['run', 'nowhere']);
    expect([refused.code, refused.output]).toEqual([1, '']);
  });

  it.each([
    ['no server', ['whoami', '--url', 'http://127.0.0.1:9'], 4, '--url'],
    ['an unknown form', ['whoami', '-o', 'xml'], 2, 'Allowed choices are table, json, jsonl, id'],
    ['an unknown verb', ['log-in'], 2, 'Did you mean login?'],
    ['a URL with a password', ['whoami', '--url', 'http://a:b@localhost'], 2, 'without a password'],
    ['no terminal to ask for the password', ['login', '--url', 'http://127.0.0.1:9'], 2, '--password-stdin'],
  ])('says what to do about %s', async (_, args, code, words) => {
    const result = await signalboxIn('/nonexistent')(args);
    expect([result.code, result.output]).toEqual([code, '']);
    expect(result.complaint).toContain(words);
    expect(result.complaint).not.toContain('    at ');
  });
});
