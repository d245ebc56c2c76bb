import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type ServerVerbs, toVerbs } from '../../clients/cli/src/frame/server-verb.ts';
import { VERBS } from '../../src/cli/verbs.ts';
import { runCli } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const VERB_PATHS = toVerbs(VERBS satisfies ServerVerbs).flatMap((entry) =>
  'verbs' in entry ? entry.verbs.map(({ name }) => [entry.name, name]) : [[entry.name]],
);

describe('the verbs of the server', () => {
  it.each(['--help', '-h'])('are listed with %s', async (help) => {
    const { code, output, complaint } = await runCli([help]);
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    for (const { name } of VERBS) expect(output).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('describe themselves, each one alone', async () => {
    for (const path of VERB_PATHS) {
      const { code, output, complaint } = await runCli([...path, '--help']);
      expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
      expect(output).toMatch(new RegExp(`^Usage: signalbox ${path.join(' ')} `));
      expect(output).not.toContain('--url');
    }
  });

  it.each([
    ['a verb that they do not have', ['docter'], 'Did you mean doctor?'],
    ['an option that they do not have', ['doctor', '--jsn'], "'--jsn'"],
    ['an argument for the server', ['serve', 'now'], 'too many arguments'],
    ['a worker of no pool', ['worker'], '--pool'],
    ['a user without roles', ['user', 'add', 'alice'], '--roles'],
    ['an API token of nobody', ['token', 'create', 'ci'], 'either --user or --subject'],
    ['an API token without roles of a subject', ['token', 'create', 'ci', '--subject', 'x'], 'requires --roles'],
    ['a lifetime that is no number', ['token', 'create', 'ci', '--user', 'alice', '--days', '1y'], '--days'],
    ['to print an API token as its ID', ['token', 'create', 'ci', '--user', 'alice', '-o', 'id'], '-o json'],
    ['more files than one', ['verify', 'a.json', 'b.json'], 'too many arguments'],
  ])('refuse %s, say what to do and exit with 2', async (_, args, message) => {
    const { code, output, complaint } = await runCli(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(complaint).toContain(message);
    expect(complaint).not.toContain('    at ');
  });

  it('refuse to add a user with a role that the policy does not declare, and name those that it does', async () => {
    const { code, output, complaint } = await runCli(['user', 'add', 'alice', '--roles', 'user,analysts']);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(complaint).toContain('The policy declares no role analysts. Did you mean analyst? Its roles are ');
  });

  it('exit with 4 when the database cannot be reached, and say so in one line', async () => {
    const env = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' };
    const { code, output, complaint } = await runCli(['user', 'list'], { env });
    expect({ code, output }).toEqual({ code: 4, output: '' });
    expect(complaint.split('\n')).toHaveLength(1);
  });

  it('migrate a database, and say before what they would do', async () => {
    await using folder = await createTempFolder();
    const migrate = (...args: string[]) => runCli(['migrate', ...args], { dataDir: folder.path });
    const planned = await migrate('--dry-run', '-o', 'id');
    expect(planned).toEqual({ code: 0, output: expect.stringMatching(/^0001_foundation\n/), complaint: '' });
    expect(await readdir(folder.path)).not.toContain('signalbox.db');
    expect(await migrate('-o', 'id')).toEqual(planned);
    const none = { code: 0, output: '', complaint: 'The database is up to date.' };
    expect([await migrate('--dry-run'), await migrate()]).toEqual([none, none]);
  });

  it('add and list users, whose password is standard input', async () => {
    await using folder = await createTempFolder();
    const user = (...args: string[]) => runCli(['user', ...args], { dataDir: folder.path, input: 'a long password\n' });
    const added = await user('add', 'zoe', '--roles', 'user,analyst');
    expect(added).toEqual({ code: 0, output: 'ID   TENANT   ROLES\nzoe  default  user,analyst', complaint: '' });
    expect(await user('disable', 'zoe', '-o', 'id')).toEqual({ code: 0, output: 'zoe', complaint: '' });
    const { output } = await user('-o', 'json');
    expect(JSON.parse(output)).toMatchObject([{ id: 'zoe', roles: ['user', 'analyst'], disabled: true }]);
  });

  it('create, list and revoke API tokens of accounts and of users of an identity provider', async () => {
    await using folder = await createTempFolder();
    const on = { dataDir: folder.path, env: { NODE_ENV: 'development' } };
    const token = (...args: string[]) => runCli(['token', ...args], on);
    const unknown = await token('create', 'ci', '--user', 'nobody');
    expect([unknown.code, unknown.complaint]).toEqual([1, expect.stringContaining('There is no account nobody.')]);
    const foreign = await token('create', 'ci', '--user', 'bob', '--roles', 'admin');
    expect([foreign.code, foreign.complaint]).toEqual([1, expect.stringContaining('do not have the role admin')]);
    // Standard output is the token alone, for $(…).
    expect(await token('create', 'nightly import', '--user', 'bob')).toEqual({
      code: 0,
      output: expect.stringMatching(/^sbx_\w{49}$/),
      complaint: expect.stringMatching(/^tok_\w+ is valid until .*Z\. The token is not shown again\.$/),
    });
    const subject = ['--subject', 'auth0|42', '--tenant', 'north', '--roles', 'user', '--days', '7'];
    const [created] = JSON.parse((await token('create', 'ci', ...subject, '-o', 'json')).output);
    expect(created).toMatchObject({ token: expect.stringMatching(/^sbx_/), user: 'auth0|42', name: 'ci' });
    const [{ id, ...listed }] = JSON.parse((await token('-o', 'json')).output);
    expect(listed).toEqual({
      user: 'bob',
      name: 'nightly import',
      roles: ['user'],
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect((await token('list', '--tenant', 'north', '-o', 'id')).output).toBe(created.id);
    expect((await token('revoke', id, '--tenant', 'north')).complaint).toContain('has no API token');
    expect((await token('revoke', id, '-o', 'id')).output).toBe(id);
    expect((await token('list')).output).toBe('');
  });
});
