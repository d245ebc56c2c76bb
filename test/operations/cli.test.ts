import { describe, expect, it } from 'vitest';
import { runCli } from '../support/server.ts';

const VERBS = ['serve', 'worker --pool', 'migrate', 'doctor', 'mcp', 'verify', 'user add'];

describe('the command line', () => {
  it.each([['--help'], ['-h'], ['doctor', '--help']])('prints its usage for %s %s, and succeeds', async (...args) => {
    const { code, output, complaint } = await runCli(args);
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    for (const verb of VERBS) expect(output).toMatch(new RegExp(`^  ${verb}`, 'm'));
  });

  it.each([
    ['a verb that it does not know', ['docter'], 'There is no verb docter. Did you mean doctor?'],
    ['an option that it does not know', ['doctor', '--jsn'], "'--jsn'"],
    ['arguments that are missing', ['user', 'add', 'alice'], 'requires'],
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
});
