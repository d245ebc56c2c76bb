import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
let shipped: string;
beforeAll(async () => {
  api = await startGraphql();
  shipped = (await api.ask('{ policySource { text } }', {}, ADMIN)).data.policySource.text;
});
afterAll(() => api.close());

const SIMULATE = `query ($rules: String!, $since: DateTime) { simulatePolicy(rules: $rules, since: $since) {
  problems { line message } decisions changed from
  changes { count lastAt lastRun { id } before { effect action canonicalUri roles } after { effect rule { comment } } }
} }`;

async function simulate(rules: string, since?: Date, token = ADMIN) {
  const { data, errors } = await api.ask(SIMULATE, { rules, ...(since && { since: since.toISOString() }) }, token);
  return errors ? { errors } : data.simulatePolicy;
}

/** A run that reads a resource. @returns its id */
async function fetchAs(token: string, uri: string): Promise<string> {
  const { data } = await api.ask(
    `mutation ($uri: URI!) { fetch(input: { source: { uri: $uri } }) {
      ... on CommandOutcome { run { id } } } }`,
    { uri },
    token,
  );
  return data.fetch.run?.id;
}

describe('another policy', () => {
  it('is decided with the requests that runs have made: those with another effect are counted by request', async () => {
    await fetchAs(ALICE, 'data:text/plain,one');
    const last = await fetchAs(ALICE, 'data:text/plain,two');
    await fetchAs(BOB, 'data:text/plain,three');
    const same = await simulate(shipped);
    expect(same).toMatchObject({ problems: [], changed: 0, changes: [] });
    expect(same.decisions).toBeGreaterThanOrEqual(3);

    const stricter = await simulate(`${shipped}\np, analyst, command:fetch, data:**, *, deny\n`);
    expect(stricter).toMatchObject({ problems: [], decisions: same.decisions, changed: 2 });
    expect(stricter.changes).toEqual([
      {
        count: 2,
        lastAt: expect.any(String),
        lastRun: { id: last },
        before: { effect: 'ALLOW', action: 'command:fetch', canonicalUri: 'data:text/plain', roles: ['analyst'] },
        after: { effect: 'DENY', rule: expect.anything() },
      },
    ]);
  });

  it('is decided from a time on', async () => {
    const now = (await simulate(shipped)).decisions;
    const since = new Date(Date.now() + 1);
    while (Date.now() <= since.getTime()) await new Promise(setImmediate);
    expect(await simulate(shipped, since)).toMatchObject({ decisions: 0, from: null });
    await fetchAs(ALICE, 'data:text/plain,four');
    const later = await simulate(shipped, since);
    expect(later.decisions).toBeGreaterThan(0);
    expect(Date.parse(later.from)).toBeGreaterThanOrEqual(since.getTime());
    expect((await simulate(shipped)).decisions).toBe(now + later.decisions);
  });

  it('that is invalid is refused with every problem, by line', async () => {
    const { problems, decisions } = await simulate(
      'p, analyst, command:fetch\np, analyst, command:none, **, *, maybe\n',
    );
    expect(decisions).toBe(0);
    expect(problems.map(({ line }: { line: number }) => line)).toContain(1);
    expect(problems.map(({ line }: { line: number }) => line)).toContain(2);
    expect((await simulate('x'.repeat(524_289))).errors[0].extensions.code).toBe('BAD_INPUT');
  });

  it('is for those who may read the policy, and does not replace it', async () => {
    expect((await simulate(shipped, undefined, BOB)).errors[0].extensions.code).toBe('FORBIDDEN');
    await simulate('p, admin, **, **, *, deny\n');
    expect((await api.ask('{ policySource { text } }', {}, ADMIN)).data.policySource.text).toBe(shipped);
  });
});
