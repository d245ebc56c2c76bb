import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const CREATE = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  ... on NewApiToken { token apiToken { id name roles owner { username roles } lastUsedAt } } ... on Refusal { code message } } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiToken(id: $id) { ... on ApiToken { id } ... on Refusal { code message } } }`;
const LIST = `query ($ofTenant: Boolean) { apiTokens(ofTenant: $ofTenant) { nodes { id name } totalCount } }`;
const RENEW = `mutation { renewSession { ... on Session { token expiresAt } ... on Refusal { code message } } }`;

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

const create = async (caller: string, roles: readonly string[], name = 'ci') =>
  (await api.ask(CREATE, { input: { name, roles } }, caller)).data.createApiToken;
const revoke = async (caller: string, id: string) => (await api.ask(REVOKE, { id }, caller)).data.revokeApiToken;
const namesFor = async (caller: string, ofTenant = false) =>
  (await api.ask(LIST, { ofTenant }, caller)).data.apiTokens.nodes.map(({ name }: { name: string }) => name);
const viewer = async (token: string) => (await api.ask('{ viewer { username roles } }', {}, token)).data.viewer;

describe('API tokens', () => {
  it('are created once, act for their owner, and are revoked by them', async () => {
    const { token, apiToken } = await create(ALICE, ['analyst'], 'deploys');
    expect(apiToken).toMatchObject({ name: 'deploys', roles: ['analyst'], lastUsedAt: null });
    expect(await viewer(token)).toEqual({ username: 'alice', roles: ['analyst'] });
    expect(await namesFor(ALICE)).toEqual(['deploys']);
    expect(await revoke(ALICE, apiToken.id)).toEqual({ id: apiToken.id });
    expect([await viewer(token), await namesFor(ALICE)]).toEqual([null, []]);
    expect(await revoke(ALICE, apiToken.id)).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('never exceed the roles of their owner', async () => {
    expect(await create(ALICE, ['analyst', 'admin'])).toMatchObject({ code: 'BAD_INPUT' });
    const { token, apiToken } = await create(BOB, ['user']);
    const denied = await api.ask('{ policyRules { id } }', {}, token);
    expect(denied.errors[0].extensions.code).toBe('FORBIDDEN');
    await revoke(BOB, apiToken.id);
  });

  it('of others are seen and revoked by those whom the policy permits it', async () => {
    const { apiToken } = await create(BOB, ['user'], 'of bob');
    expect(await namesFor(ADMIN, true)).toEqual(['of bob']);
    expect([await namesFor(ADMIN), await namesFor(ALICE)]).toEqual([[], []]);
    const denied = await api.ask(LIST, { ofTenant: true }, ALICE);
    expect(denied.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', decision: { action: 'account:tokens' } });
    expect(await revoke(ALICE, apiToken.id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await revoke(ADMIN, apiToken.id)).toEqual({ id: apiToken.id });
    expect(await revoke(ADMIN, apiToken.id)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('create no others, end only themselves, and cannot be renewed', async () => {
    const [one, other] = [await create(ALICE, ['analyst']), await create(ALICE, ['analyst'])];
    expect(await create(one.token, ['analyst'])).toMatchObject({ code: 'FORBIDDEN' });
    expect((await api.ask(RENEW, {}, one.token)).data.renewSession).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await revoke(one.token, other.apiToken.id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await revoke(one.token, one.apiToken.id)).toEqual({ id: one.apiToken.id });
    expect([await viewer(one.token), await viewer(other.token)]).toEqual([null, expect.anything()]);
  });
});

describe('renewSession', () => {
  it('gives the holder of a token another one, and nobody else', async () => {
    const SIGN_IN = 'mutation { signIn(input: { username: "alice", password: "alice" }) { ... on Session { token } } }';
    const { token } = (await api.ask(SIGN_IN, {}, '')).data.signIn;
    const renewed = (await api.ask(RENEW, {}, token)).data.renewSession;
    expect(await viewer(renewed.token)).toMatchObject({ username: 'alice' });
    expect(await viewer(token)).toMatchObject({ username: 'alice' });
    const anonymous = await api.ask(RENEW, {}, '');
    expect(anonymous.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});
