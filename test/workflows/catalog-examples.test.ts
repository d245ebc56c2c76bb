import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';

let server: Server;
let users: TestUsers;
beforeAll(async () => {
  server = await startServer();
  users = await createTestUsers(server);
});
afterAll(() => server?.stop('SIGKILL'));

interface Example {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** What the result of each has. */
const SHOWS: Readonly<Record<string, string>> = {
  ...{ csv_to_json: 'Assam', render_posts: 'Lost &amp; found', pipeline: 'Assam', build_service: 'Listing' },
};

const examples = async (): Promise<readonly Example[]> => {
  const { data, errors } = await server.query('{ catalog { examples { name title kind text } } }');
  expect(errors).toBeUndefined();
  return data.catalog.examples;
};

it('shows the examples without a token', async () => {
  expect((await examples()).map(({ name, kind }) => [name, kind])).toEqual([
    ['csv_to_json', 'COMMAND'],
    ['render_posts', 'COMMAND'],
    ['pipeline', 'PIPELINE'],
    ['build_service', 'WORKFLOW'],
  ]);
});

it('runs each of them as it is', async () => {
  for (const { name, text } of await examples()) {
    const inputs = name === 'build_service' ? { resource: 'Listing' } : {};
    const run = await users.start({ yaml: text }, { inputs }, 'admin');
    expect([name, run.state, run.error]).toEqual([name, 'SUCCEEDED', null]);
    const { outputs, steps } = run;
    expect(JSON.stringify({ outputs, steps })).toContain(SHOWS[name]);
  }
});
