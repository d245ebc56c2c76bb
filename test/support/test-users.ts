import { expect } from 'vitest';
import { type Server, tokenFor } from './server.ts';
import { until } from './until.ts';

const ROLES = { admin: 'admin', alice: 'analyst', bob: 'user' } as const;

export type TestUserName = keyof typeof ROLES;

const RUN = `... on Run {
  __typename id kind state goal workflow inputs output
  outputs { name value resource { uri mediaType text } }
  resource { mediaType text }
  error { code message step }
  steps { key kind state attempt maxAttempts input output error { code message } decision { effect } approval { id state } }
  parent { id } rerunOf { id } children { nodes { id state workflow } }
}`;
const REFUSAL =
  '... on Refusal { __typename code message path violations { path message } decision { effect action } }';

/** The maximum of `waitMs`. */
const MAX_WAIT_MS = 60_000;

/** A GraphQL result. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
type AnyResult = any;

/** One user of each role, who start workflows on a server and control their runs. Default: Alice. */
export interface TestUsers {
  readonly tokens: Readonly<Record<TestUserName, string>>;
  /** The data of a document, which must not have errors. */
  ask(document: string, variables?: object, who?: TestUserName): Promise<AnyResult>;
  /** The result of a mutation, or its refusal. */
  mutate(field: string, input: object, selection: string, who?: TestUserName): Promise<AnyResult>;
  /** The same for a mutation that returns a run. */
  change(field: string, input: object, who?: TestUserName): Promise<AnyResult>;
  /** Starts a workflow. @returns the run, at its end unless `waitMs` is less */
  start(
    source: object,
    more?: { readonly waitMs?: number; readonly [field: string]: unknown },
    who?: TestUserName,
  ): Promise<AnyResult>;
  run(id: string, who?: TestUserName): Promise<AnyResult>;
  /** Waits until the run is in a state. @returns the run */
  reach(id: string, state: string, who?: TestUserName): Promise<AnyResult>;
}

/** @param daysAgo by how many days the server's clock is behind */
export async function createTestUsers(server: Server, daysAgo = 0): Promise<TestUsers> {
  const signed = Object.entries(ROLES).map(async ([name, role]) => [
    name,
    await tokenFor(name, { roles: [role], daysAgo }),
  ]);
  const tokens: Record<TestUserName, string> = Object.fromEntries(await Promise.all(signed));

  const ask: TestUsers['ask'] = async (document, variables = {}, who = 'alice') => {
    const { data, errors } = await server.query(document, variables, tokens[who]);
    expect(errors).toBeUndefined();
    return data;
  };
  const mutate: TestUsers['mutate'] = async (field, input, selection, who) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} ${REFUSAL} } }`;
    return (await ask(document, { input }, who))[field];
  };
  const run: TestUsers['run'] = async (id, who) =>
    (await ask(`query ($id: ID!) { run(id: $id) { ${RUN} } }`, { id }, who)).run;

  const endOf = async (id: string, who?: TestUserName) => {
    const now = await run(id, who);
    return !['PENDING', 'RUNNING', 'WAITING'].includes(now?.state) && now;
  };

  return {
    tokens,
    ask,
    mutate,
    run,
    change: (field, input, who) => mutate(field, input, RUN, who),
    async start(source, more = {}, who = 'alice') {
      const run = await mutate('startRun', { source, waitMs: MAX_WAIT_MS, ...more }, RUN, who);
      const isLate = ['PENDING', 'RUNNING'].includes(run.state) && more.waitMs === undefined;
      return isLate ? until(`${run.id} has ended`, () => endOf(run.id, who)) : run;
    },
    async reach(id, state, who) {
      let last: AnyResult;
      await until(`${id} is ${state}`, async () => {
        last = await run(id, who);
        return last?.state === state;
      }).catch((error: Error) => {
        throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
      });
      return last;
    },
  };
}

/** The state of each step, by key. */
export function statesOf(run: { readonly steps: readonly { readonly key: string; readonly state: string }[] }) {
  return Object.fromEntries(run.steps.map(({ key, state }) => [key, state]));
}
