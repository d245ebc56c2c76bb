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

/** What came back; a test looks into it. */
// biome-ignore lint/suspicious/noExplicitAny: it may be anything
type AnyResult = any;

/** One of each role, who start workflows on a server and steer their runs. Alice does, unless somebody else is named. */
export interface TestUsers {
  readonly tokens: Readonly<Record<TestUserName, string>>;
  /** What a document without an error gives. */
  ask(document: string, variables?: object, who?: TestUserName): Promise<AnyResult>;
  /** What a mutation gives, or its refusal. */
  mutate(field: string, input: object, selection: string, who?: TestUserName): Promise<AnyResult>;
  /** The same of a mutation that gives a run. */
  change(field: string, input: object, who?: TestUserName): Promise<AnyResult>;
  /** The run of a workflow, at its end if that is near. */
  start(source: object, more?: object, who?: TestUserName): Promise<AnyResult>;
  run(id: string, who?: TestUserName): Promise<AnyResult>;
  /** The run, once it is there. */
  reach(id: string, state: string, who?: TestUserName): Promise<AnyResult>;
}

export async function createTestUsers(server: Server): Promise<TestUsers> {
  const made = Object.entries(ROLES).map(async ([name, role]) => [name, await tokenFor(name, { roles: [role] })]);
  const tokens: Record<TestUserName, string> = Object.fromEntries(await Promise.all(made));

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

  return {
    ...{ tokens, ask, mutate, run },
    change: (field, input, who) => mutate(field, input, RUN, who),
    start: (source, more = {}, who = 'alice') => mutate('startRun', { source, waitMs: 15_000, ...more }, RUN, who),
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

/** The state of each step, by its key. */
export function statesOf(run: { readonly steps: readonly { readonly key: string; readonly state: string }[] }) {
  return Object.fromEntries(run.steps.map(({ key, state }) => [key, state]));
}
