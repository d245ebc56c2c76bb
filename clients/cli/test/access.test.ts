import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signalboxOnTerminal } from '../../../test/support/pseudo-terminal.ts';
import { runCli, type Server, startServer } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let root: Awaited<ReturnType<typeof signedIn>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  root = await signedIn(server, { user: 'root' });
});

afterAll(async () => {
  await server?.stop();
});

const PASSWORD = 'a long password';

/** The rows of a verb that succeeds. */
async function rowsOf(args: readonly string[], input?: string) {
  const { code, output, complaint } = await root.signalbox([...args, '-o', 'json'], input);
  if (code !== 0) throw new Error(complaint);
  return JSON.parse(output);
}

const signIn = (name: string, password: string, home: string) =>
  runCli(['login', '--url', server.url, '--user', name, '--password-stdin'], {
    env: { XDG_CONFIG_HOME: home },
    input: `${password}\n`,
  });

describe('accounts', () => {
  it('are created, listed, changed, disabled and enabled', async () => {
    await using home = await createTempFolder();
    const create = (name: string, roles: string) =>
      rowsOf(['accounts', 'create', name, '--roles', roles, '--password-stdin'], `${PASSWORD}\n`);
    expect(await create('chief', 'admin')).toMatchObject([{ id: 'chief', roles: ['admin'], disabled: false }]);
    await create('zoe', 'user,analyst');
    expect(await rowsOf(['accounts'])).toMatchObject([{ id: 'chief' }, { id: 'zoe', roles: ['user', 'analyst'] }]);
    expect(await rowsOf(['accounts', 'update', 'zoe', '--roles', 'user'])).toMatchObject([{ roles: ['user'] }]);
    expect((await signIn('zoe', PASSWORD, home.path)).code).toBe(0);
    expect(await rowsOf(['accounts', 'update', 'zoe', '--disable'])).toMatchObject([{ disabled: true }]);
    await expect.poll(async () => (await signIn('zoe', PASSWORD, home.path)).code, { timeout: 10_000 }).toBe(3);
    expect(await rowsOf(['accounts', 'update', 'zoe', '--enable'])).toMatchObject([{ disabled: false }]);
    const last = await root.signalbox(['accounts', 'update', 'chief', '--disable']);
    expect([last.code, last.complaint]).toEqual([1, expect.stringContaining('CONFLICT')]);
  });

  it('get a new password: that of another account, and one’s own after the current one', async () => {
    await using home = await createTempFolder();
    await rowsOf(['accounts', 'create', 'uma', '--roles', 'user', '--password-stdin'], PASSWORD);
    const other = 'another long password';
    await rowsOf(['accounts', 'set-password', 'uma', '--password-stdin'], `${other}\n`);
    expect((await signIn('uma', PASSWORD, home.path)).code).toBe(3);
    await expect.poll(async () => (await signIn('uma', other, home.path)).code, { timeout: 10_000 }).toBe(0);
    const asUma = (input: string) =>
      runCli(['accounts', 'set-password', '--password-stdin'], { env: { XDG_CONFIG_HOME: home.path }, input });
    const single = await asUma(`${PASSWORD}\n`);
    expect([single.code, single.complaint]).toEqual([2, expect.stringContaining('each on a line')]);
    const wrong = await asUma(`${PASSWORD}\n${PASSWORD}\n`);
    expect([wrong.code, wrong.complaint]).toEqual([3, expect.stringContaining('UNAUTHENTICATED')]);
    const own = await asUma(`${other}\n${PASSWORD}\n`);
    expect([own.code, own.complaint]).toEqual([0, expect.stringContaining('signalbox login')]);
  });

  it('have a password that is asked for twice on a terminal, and not shown', async () => {
    const env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: root.token };
    const terminal = signalboxOnTerminal(['accounts', 'create', 'tia', '--roles', 'user', '-o', 'id'], { env });
    await terminal.untilWritten(/Password of tia/);
    terminal.type(`${PASSWORD}\r`);
    await terminal.untilWritten(/The same again/);
    terminal.type(`${PASSWORD}\r`);
    expect(await terminal.exited).toBe(0);
    expect(terminal.output()).toMatch(/tia\r\n$/);
    expect(terminal.output()).not.toContain(PASSWORD);
  });

  it.each([
    ['no terminal to ask on', ['create', 'x', '--roles', 'user'], 2, '--password-stdin'],
    ['no roles', ['create', 'x'], 2, '--roles'],
    ['nothing to change', ['update', 'x'], 2, '--disable'],
    ['two changes that contradict each other', ['update', 'x', '--disable', '--enable'], 2, 'not both'],
    ['a role that does not exist', ['update', 'chief', '--roles', 'amin'], 1, 'admin'],
    ['an account that does not exist', ['update', 'nobody', '--disable'], 1, 'nobody'],
  ])('say what to do about %s', async (_, args, code, words) => {
    const result = await root.signalbox(['accounts', ...args]);
    expect([result.code, result.output]).toEqual([code, '']);
    expect(result.complaint).toContain(words);
  });

  it('are refused to who may not manage them, with the rule', async () => {
    const user = await signedIn(server, { user: 'ulf', roles: ['user'] });
    const refused = await user.signalbox(['accounts']);
    expect([refused.code, refused.complaint]).toEqual([3, expect.stringContaining('account:read')]);
  });
});

describe('tokens', () => {
  it('are created and shown once, alone on standard output; used, listed and revoked', async () => {
    const { code, output: token, complaint } = await root.signalbox(['tokens', 'create', 'nightly', '--days', '7']);
    expect([code, token]).toEqual([0, expect.stringMatching(/^sbx_\w{49}$/)]);
    const [id = ''] = complaint.match(/^tok_\w+/) ?? [];
    const env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token };
    const whoami = () => runCli(['whoami', '-o', 'id'], { env });
    await expect.poll(async () => (await whoami()).output, { timeout: 10_000 }).toBe('root');
    const [row] = await rowsOf(['tokens', 'create', 'ci', '--roles', 'admin']);
    expect(row).toMatchObject({ name: 'ci', roles: ['admin'], token: expect.stringMatching(/^sbx_/) });
    const rows = await rowsOf(['tokens', 'list', '--all']);
    expect(rows).toMatchObject([{ id: row.id, user: 'root' }, { id }]);
    expect(JSON.stringify(rows)).not.toContain('sbx_');
    const revoked = await root.signalbox(['tokens', 'revoke', '-', '-o', 'id'], `${id}\n${row.id}\n`);
    expect([revoked.code, revoked.output]).toEqual([0, `${id}\n${row.id}`]);
    await expect.poll(async () => (await whoami()).code, { timeout: 10_000 }).toBe(3);
    const again = await root.signalbox(['tokens', 'revoke', id]);
    expect([again.code, again.complaint]).toEqual([1, expect.stringContaining('NOT_FOUND')]);
  });

  it('are not created when their text would be lost, or their end is no number of days', async () => {
    const lost = await root.signalbox(['tokens', 'create', 'x', '-o', 'id']);
    expect([lost.code, lost.complaint]).toEqual([2, expect.stringContaining('-o json')]);
    const week = await root.signalbox(['tokens', 'create', 'x', '--days', '1w']);
    expect([week.code, week.complaint]).toEqual([2, expect.stringContaining('--days')]);
    expect(await rowsOf(['tokens'])).toEqual([]);
  });
});
