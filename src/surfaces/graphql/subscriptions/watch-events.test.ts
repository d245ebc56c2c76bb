import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALICE, BOB, startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';

const QUERY = 'subscription { events(filter: { types: [RUN_CREATED] }) { caughtUp events { runId } } }';

let folder: string;
let rules: string;
let api: TestGraphqlServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-policy-change-'));
  rules = await readFile(new URL('../../../../policy/policy.csv', import.meta.url), 'utf8');
  const file = join(folder, 'policy.csv');
  await writeFile(file, rules);
  api = await startGraphql({ env: { POLICY_FILE: file } });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

interface Seen {
  readonly runs: string[];
  readonly errors: { readonly extensions: { readonly code: string } }[];
}

/** Follows until the end; resolves when the first batch is here. */
async function follow(token: string): Promise<Seen> {
  const seen: Seen = { runs: [], errors: [] };
  let ready = () => {};
  const begun = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const results = api.client(token).iterate<{ events: { events: { runId: string }[] } }>({ query: QUERY });
  const reading = async () => {
    for await (const { data } of results) {
      seen.runs.push(...(data?.events.events.map(({ runId }) => runId) ?? []));
      ready();
    }
  };
  reading().catch((errors) => seen.errors.push(...errors));
  await begun;
  return seen;
}

it('a subscriber sees what the policy in force lets them see, also when it changes under them', async () => {
  const [alice, bob] = [await follow(ALICE), await follow(BOB)];
  const first = await api.appendRun(0, { username: 'alice' });
  await expect.poll(() => alice.runs).toEqual([first]);

  const before = api.app.policy.snapshot();
  const changed = rules
    .replace('p, analyst, query:runs, run:own,', 'p, analyst, query:runs, run:tenant,')
    .replace(/^p, user, +query:runs.*$/m, '');
  expect(changed).not.toBe(rules);
  await writeFile(join(folder, 'policy.csv'), changed);
  await expect.poll(() => api.app.policy.snapshot()).not.toBe(before);

  const second = await api.appendRun(0, { username: 'bob' });
  const third = await api.appendRun(0, { username: 'alice' });
  await expect.poll(() => alice.runs).toEqual([first, second, third]);
  await expect.poll(() => bob.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(bob.runs).toEqual([]);
});
