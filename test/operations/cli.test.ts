import { describe, expect, it } from 'vitest';
import { runCli } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const VERBS = ['serve', 'worker --pool', 'migrate', 'doctor', 'mcp', 'verify', 'user add', 'token create'];

describe('the command line', () => {
  it.each([['--help'], ['-h'], ['doctor', '--help']])('prints its usage for %s %s, and succeeds', async (...args) => {
    const { code, output, complaint } = await runCli(args);
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    const verbs = args.length > 1 ? VERBS : VERBS.map((verb) => verb.replace(/ .*/, ''));
    for (const verb of verbs) expect(output).toMatch(new RegExp(`^  ${verb}`, 'm'));
  });

  it.each([
    ['a verb that it does not know', ['docter'], 'Did you mean doctor?'],
    ['an option that it does not know', ['doctor', '--jsn'], "'--jsn'"],
    ['arguments that are missing', ['user', 'add', 'alice'], 'requires'],
    ['an API token of nobody', ['token', 'create', 'ci'], 'either --user or --subject'],
    ['an API token without roles of a subject', ['token', 'create', 'ci', '--subject', 'x'], 'requires --roles'],
    ['a lifetime that is no number', ['token', 'create', 'ci', '--user', 'alice', '--days', '1y'], '--days'],
    ['more files than one', ['verify', 'a.json', 'b.json'], 'one file'],
  ])('refuses %s, prints its usage and exits with 2', async (_, args, message) => {
    const { code, output, complaint } = await runCli(args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(complaint).toContain(message);
    expect(complaint).toContain('Usage: ');
    expect(complaint).not.toContain('    at ');
  });

  it('refuses to add a user with a role that the policy does not declare, and names those that it does', async () => {
    const { code, output, complaint } = await runCli(['user', 'add', 'alice', '--roles', 'user,analysts']);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(complaint).toContain('The policy declares no role analysts. Did you mean analyst? Its roles are ');
  });

  it('creates, lists and revokes API tokens of accounts and of users of an identity provider', async () => {
    await using folder = await createTempFolder();
    const on = { dataDir: folder.path, env: { NODE_ENV: 'development' } };
    const signalbox = (...args: string[]) => runCli(['token', ...args], on);
    const unknown = await signalbox('create', 'ci', '--user', 'nobody');
    expect([unknown.code, unknown.complaint]).toEqual([1, expect.stringContaining('There is no account nobody.')]);
    const foreign = await signalbox('create', 'ci', '--user', 'bob', '--roles', 'admin');
    expect([foreign.code, foreign.complaint]).toEqual([1, expect.stringContaining('do not have the role admin')]);
    const created = [
      await signalbox('create', 'nightly import', '--user', 'bob'),
      await signalbox('create', 'ci', '--subject', 'auth0|42', '--tenant', 'north', '--roles', 'user', '--days', '7'),
    ];
    for (const { output, complaint } of created)
      expect([output, complaint]).toEqual([expect.stringMatching(/^sbx_\w{49}$/), '']);
    const [id = '', ...rest] = (await signalbox('list')).output.split('\t');
    expect(rest).toEqual(['bob', 'nightly import', 'user', expect.stringMatching(/Z$/), 'never used']);
    expect((await signalbox('list', '--tenant', 'north')).output).toContain('\tauth0|42\tci\tuser\t');
    expect((await signalbox('revoke', id, '--tenant', 'north')).complaint).toContain('has no API token');
    expect((await signalbox('revoke', id)).output).toBe('nightly import of bob is revoked.');
    expect((await signalbox('list')).output).toBe('');
  });
});
