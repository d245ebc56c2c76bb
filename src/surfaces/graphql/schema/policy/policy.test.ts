import { readFile } from 'node:fs/promises';
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

  const REFUSAL = '... on Refusal { decision { effect action canonicalUri rule { id } } }';
  it.each([
    ['a memory', `deleteMemory(input: { name: "notes" }) { ${REFUSAL} }`, /^memory:notes$/],
    ['a workflow', `deleteWorkflow(input: { name: "nightly" }) { ${REFUSAL} }`, /^workflow:nightly$/],
    ['a worker', `drainWorker(input: { id: "gpu 1" }) { ${REFUSAL} }`, /^worker:gpu%201$/],
    ['a resource', `fetch(input: { source: { uri: "file:///data/../x" } }) { ${REFUSAL} }`, /^file:\/\/\/x$/],
  ])('explains a refusal on %s as it was decided', async (_, mutation, uri) => {
    const { data, errors } = await api.ask(`mutation { result: ${mutation} }`, {}, BOB);
    const decision = data?.result?.decision ?? errors?.[0]?.extensions.decision;
    expect(decision).toMatchObject({ effect: 'DENY', canonicalUri: expect.stringMatching(uri) });
    const { data: explained } = await explain({ action: decision.action, uri: decision.canonicalUri }, BOB);
    expect(explained.explainPolicy).toMatchObject({
      effect: 'DENY',
      canonicalUri: decision.canonicalUri,
      rule: decision.rule ?? null,
    });
  });

  it('says what it decides about several actions of the caller, in their order', async () => {
    const ask = (actions: readonly string[], token: string) =>
      api.ask(
        'query ($actions: [String!]!) { may(actions: $actions) { action effect rule { role } } }',
        { actions },
        token,
      );
    const actions = ['query:policyRules', 'mutation:cancelRun', 'override:owner', 'account:read'];
    const effects = async (token: string) => (await ask(actions, token)).data.may.map(({ effect }: never) => effect);
    expect(await effects(ADMIN)).toEqual(['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW']);
    expect(await effects(BOB)).toEqual(['DENY', 'ALLOW', 'DENY', 'DENY']);
    const misspelled = await ask(['mutation:cancelRun', 'cancel run'], BOB);
    expect(misspelled.errors[0]).toMatchObject({
      message: expect.stringContaining('action must be'),
      extensions: { code: 'BAD_INPUT' },
    });
    const many = await ask(
      Array.from({ length: 51 }, () => 'mutation:cancelRun'),
      BOB,
    );
    expect(many.errors[0]).toMatchObject({
      message: expect.stringContaining('At most 50'),
      extensions: { code: 'BAD_INPUT' },
    });
    const anonymous = await ask(actions, '');
    expect(anonymous.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  it('is shown as text to those who may see its rules', async () => {
    const query = '{ policySource { text roles snapshot } }';
    const { data } = await api.ask(query);
    expect(data.policySource).toMatchObject({
      text: await readFile('policy/policy.csv', 'utf8'),
      roles: expect.arrayContaining(['admin', 'analyst', 'user']),
      snapshot: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const denied = await api.ask(query, {}, BOB);
    expect(denied.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', decision: { action: 'query:policyRules' } });
  });

  it('explains which programs agents may start', async () => {
    const ask = { action: 'exec', uri: 'exec:///usr/bin/../bin/python3' };
    const [bob, admin] = await Promise.all([explain(ask, BOB), explain(ask, ADMIN)]);
    const canonicalUri = 'exec:///usr/bin/python3';
    expect(bob.data.explainPolicy).toMatchObject({ effect: 'DENY', canonicalUri });
    expect(admin.data.explainPolicy).toMatchObject({ effect: 'ALLOW', canonicalUri });
  });

  it('explains who sees which runs', async () => {
    const effectOf = async (uri: string, token: string) =>
      (await explain({ action: 'query:runs', uri }, token)).data.explainPolicy.effect;
    expect(await effectOf('run:own', BOB)).toBe('ALLOW');
    expect(await effectOf('run:tenant', BOB)).toBe('DENY');
    expect(await effectOf('run:tenant', ADMIN)).toBe('ALLOW');
  });

  it('refuses to explain what is no action', async () => {
    expect((await explain({ action: 'fetch' }, ADMIN)).errors[0].extensions.code).toBe('BAD_INPUT');
  });
});
