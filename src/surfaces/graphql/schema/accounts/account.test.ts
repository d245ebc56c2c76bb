import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const OPERATOR = 'operator-token';
const SOUTH = 'south-token';
const PASSWORD = 'correct horse battery';
const FIELDS = '... on Account { username roles disabled } ... on Refusal { code message }';
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { ... on Session { token } ... on Refusal { message } } }`;

let api: TestGraphqlServer;
beforeAll(async () => {
  const rules = readFileSync('policy/policy.csv', 'utf8');
  const file = join(tmpdir(), `signalbox-accounts-${process.pid}.csv`);
  // An operator may manage users, and nobody else.
  const operator =
    'g, operator\np, operator, account:*, role:user, *, allow\np, operator, account:read, **, *, allow\n';
  writeFileSync(file, `${rules}\n${operator}`);
  api = await startGraphql({ env: { POLICY_FILE: file } });
  const principal = (username: string, role: string, tenant: string) =>
    ({ kind: 'user', subject: `usr_${username}`, username, tenant, roles: [role] }) as const;
  api.tokens.set(OPERATOR, principal('otto', 'operator', 'default'));
  api.tokens.set(SOUTH, principal('sue', 'admin', 'south'));
});
afterAll(() => api.close());

const change = async (field: string, input: object, caller: string) => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${FIELDS} } }`;
  return (await api.ask(document, { input }, caller)).data[field];
};
const create = (username: string, roles: readonly string[], caller = ADMIN, password = PASSWORD) =>
  change('createAccount', { username, password, roles }, caller);
const signIn = async (username: string, password = PASSWORD) =>
  (await api.ask(SIGN_IN, { input: { username, password } }, '')).data.signIn;
const viewer = async (token: string) => (await api.ask('{ viewer { username roles } }', {}, token)).data.viewer;

describe('accounts', () => {
  it('are created, listed and signed in to', async () => {
    expect(await create('ann', ['user'])).toEqual({ username: 'ann', roles: ['user'], disabled: false });
    expect(await viewer((await signIn('ann')).token)).toEqual({ username: 'ann', roles: ['user'] });
    const LIST = '{ accounts { nodes { username tenant roles disabled } totalCount } }';
    const { nodes } = (await api.ask(LIST, {}, ADMIN)).data.accounts;
    expect(nodes).toContainEqual({ username: 'ann', tenant: 'default', roles: ['user'], disabled: false });
    expect((await api.ask(LIST, {}, SOUTH)).data.accounts.nodes).toEqual([]);
    expect((await api.ask(LIST, {}, ALICE)).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    ['a role that the policy does not declare', { roles: ['usr'] }, 'declares no role usr. Did you mean user'],
    ['no role', { roles: [] }, '1 to 100 roles'],
    ['a short password', { password: 'only eleven' }, 'at least 12 characters'],
    ['a password of more than a kilobyte', { password: 'ä'.repeat(600) }, 'at most 1024 bytes'],
    ['its name as password', { username: 'Bartholomew-Smith', password: 'bartholomew-smith' }, 'is the user name'],
    ['an invisible character in its name', { username: 'ad\u200bmin' }, 'control characters'],
    ['an empty name', { username: '' }, '1 to 256 characters'],
  ])('are not created with %s', async (_, part, message) => {
    const input = { username: 'new', password: PASSWORD, roles: ['user'], ...part };
    const refused = { code: 'BAD_INPUT', message: expect.stringContaining(message) };
    expect(await change('createAccount', input, ADMIN)).toMatchObject(refused);
  });

  it('are not created twice, nor with the name of an account of development mode', async () => {
    await create('unique', ['user']);
    expect(await create('unique', ['user'], SOUTH)).toMatchObject({ code: 'CONFLICT' });
    expect(await create('admin', ['user'])).toMatchObject({ code: 'CONFLICT' });
  });

  it('get another password from their owner, who knows the present one, and are signed out', async () => {
    await create('pat', ['user']);
    const { token } = await signIn('pat');
    const next = 'another horse battery';
    expect(await change('setPassword', { password: next }, token)).toMatchObject({ code: 'BAD_INPUT' });
    const wrong = { currentPassword: 'wrong', password: next };
    expect(await change('setPassword', wrong, token)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const right = { currentPassword: PASSWORD, password: next };
    expect(await change('setPassword', right, token)).toMatchObject({ username: 'pat' });
    expect(await viewer(token)).toBeNull();
    expect([await signIn('pat'), await signIn('pat', next)]).toEqual([
      { message: expect.stringContaining('is wrong') },
      { token: expect.any(String) },
    ]);
  });

  it('lose a role in every token at once, and keep the token', async () => {
    await create('rob', ['analyst', 'user']);
    const { token } = await signIn('rob');
    expect(await change('updateAccount', { username: 'rob', roles: ['user'] }, ADMIN)).toMatchObject({
      roles: ['user'],
    });
    expect(await viewer(token)).toEqual({ username: 'rob', roles: ['user'] });
    expect(await change('updateAccount', { username: 'rob' }, ADMIN)).toMatchObject({ code: 'BAD_INPUT' });
    expect(await change('updateAccount', { username: 'rob', disabled: true }, ADMIN)).toMatchObject({ disabled: true });
    expect([await viewer(token), await signIn('rob')]).toEqual([
      null,
      { message: expect.stringContaining('disabled or removed') },
    ]);
  });
});

describe('the roles that a caller may give', () => {
  const forbidden = { code: 'FORBIDDEN' };

  it('limit whom they may create', async () => {
    expect(await create('by-otto', ['user'], OPERATOR)).toMatchObject({ roles: ['user'] });
    for (const roles of [['admin'], ['operator'], ['user', 'admin']])
      expect(await create('evil', roles, OPERATOR)).toMatchObject(forbidden);
    expect(await create('evil', ['user'], ALICE)).toMatchObject(forbidden);
  });

  it('limit whom they may change, so that nobody takes over an account that may do more', async () => {
    await create('boss', ['admin']);
    await create('half', ['user', 'analyst']);
    await create('low', ['user']);
    const attempts: readonly [string, object][] = [
      ['setPassword', { username: 'boss', password: 'known to the operator' }],
      ['setPassword', { username: 'half', password: 'known to the operator' }],
      ['updateAccount', { username: 'boss', disabled: true }],
      ['updateAccount', { username: 'boss', roles: ['user'] }],
      ['updateAccount', { username: 'half', roles: ['user'] }],
      ['updateAccount', { username: 'low', roles: ['user', 'admin'] }],
      ['updateAccount', { username: 'low', roles: ['operator'] }],
    ];
    for (const [field, input] of attempts) {
      expect([field, input, await change(field, input, OPERATOR)]).toMatchObject([field, input, forbidden]);
      expect(await change(field, input, ALICE)).toMatchObject(forbidden);
      expect(await change(field, input, SOUTH)).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await signIn('boss')).toHaveProperty('token');
    expect(await change('updateAccount', { username: 'low', disabled: true }, OPERATOR)).toMatchObject({
      disabled: true,
    });
  });

  it('never leave a tenant without an account that may undo it', async () => {
    const north = 'north-token';
    api.tokens.set(north, { kind: 'user', subject: 'x', username: 'x', tenant: 'north', roles: ['admin'] });
    for (const name of ['first', 'second']) await create(name, ['admin'], north);
    await create('third', ['user'], north);
    const off = (username: string) => change('updateAccount', { username, disabled: true }, north);
    expect(await off('first')).toMatchObject({ disabled: true });
    expect(await off('second')).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('could undo this'),
    });
    const demote = change('updateAccount', { username: 'second', roles: ['user'] }, north);
    expect(await demote).toMatchObject({ code: 'CONFLICT' });
    expect(await off('third')).toMatchObject({ disabled: true });
  });

  it('are not for programs that would set passwords', async () => {
    await create('owner', ['admin']);
    const { token } = await signIn('owner');
    const CREATE = `mutation { createApiToken(input: { name: "x", roles: ["admin"] }) { ... on NewApiToken { token } } }`;
    const program = (await api.ask(CREATE, {}, token)).data.createApiToken.token;
    expect(await create('backdoor', ['admin'], program)).toMatchObject(forbidden);
    const own = { currentPassword: PASSWORD, password: 'known to the program' };
    expect(await change('setPassword', own, program)).toMatchObject(forbidden);
    expect(await change('setPassword', { username: 'ann', password: 'known to it too' }, program)).toMatchObject(
      forbidden,
    );
  });
});
