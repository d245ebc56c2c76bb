import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('the policy', () => {
  const explain = (input: object, token: string) =>
    api.ask(
      `query ($i: ExplainPolicyInput!) { explainPolicy(input: $i) { effect canonicalUri roles rule { id } snapshot nearMisses { missed rule { role action } } } }`,
      { i: input },
      token,
    );

  it('explains a denial with the rules that came close', async () => {
    const { data } = await explain({ action: 'command:fetch', uri: 'file:///data/../data/private.csv' }, BOB);
    expect(data.explainPolicy).toMatchObject({
      effect: 'DENY',
      canonicalUri: 'file:///data/private.csv',
      roles: ['user'],
      rule: null,
    });
    expect(data.explainPolicy.nearMisses).toContainEqual({
      missed: 'uri',
      rule: { role: 'user', action: 'command:fetch' },
    });
  });

  it('shows its rules, and speaks for other roles, to those it allows', async () => {
    const rules = await api.ask('{ policyRules { id role action uri schema effect obligation comment } }');
    const denied = await api.ask('{ policyRules { id } }', {}, BOB);
    const other = await explain({ role: 'user', action: 'command:fetch' }, ALICE);
    const refused = await explain({ role: 'admin', action: 'command:fetch' }, BOB);
    expect(rules.data.policyRules.length).toBeGreaterThan(5);
    expect(denied.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', decision: { action: 'query:policyRules' } });
    expect(other.data.explainPolicy.roles).toEqual(['user']);
    expect(refused.errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('refuses to explain what is no action', async () => {
    expect((await explain({ action: 'fetch' }, ADMIN)).errors[0].extensions.code).toBe('BAD_INPUT');
  });
});
