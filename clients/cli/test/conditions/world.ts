import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Server, tokenFor } from '../../../../test/support/server.ts';
import { until } from '../../../../test/support/until.ts';
import { createClient } from '../../../sdk/src/index.ts';

/** What the verbs of the table work on. Each call makes another one. */
export interface World {
  /** A run with an open approval, which also waits for the signal `go`. */
  waitingRun(): Promise<string>;
  failedRun(): Promise<string>;
  /** A run that has succeeded, with three lines in its log. */
  endedRun(): Promise<string>;
  approval(): Promise<string>;
  /** Name of a saved workflow with a schedule. */
  workflow(): Promise<string>;
  /** ID of a stored artifact. */
  artifact(): Promise<string>;
  account(): Promise<string>;
  /** ID of an API token. */
  apiToken(): Promise<string>;
  /** A name that nothing has. */
  name(): string;
  /** A path where there is no file. */
  target(): string;
  /** A run with three lines in its log, which waits. */
  loggingRun(): Promise<string>;
  readonly files: Readonly<Record<keyof typeof FILES | 'rules', string>>;
}

const WAITING = `name: waiting
steps:
  - { id: agree, kind: approval, input: { reason: "Really?" } }
  - { id: go, kind: signal, input: { name: go } }
`;
const FILES = {
  workflow:
    'name: small\ninputs: { n: integer }\nsteps:\n  - { id: one, kind: transform, input: { expression: "1" } }\n',
  waiting: WAITING,
  agent: '{"role": "r", "goal": "g", "backend": "bash_cli", "backend_config": {"command_template": "echo 1"}}',
  slowAgent: '{"role": "r", "goal": "g", "backend": "bash_cli", "backend_config": {"command_template": "sleep 60"}}',
  text: 'one line\n',
};
const FAILED =
  'name: failing\nsteps:\n  - { id: no, kind: transform, input: { data: 1, expression: "$error(\'no luck\')" } }\n';
const LOGGING = String.raw`name: logging
steps:
  - id: say
    kind: agent
    agent: { role: r, goal: g, backend: bash_cli, backend_config: { command_template: "printf 'one\ntwo\nthree\n' >&2" } }
`;

const LOGGING_AND_WAITING = `${LOGGING}  - { id: go, kind: signal, depends_on: [say], input: { name: go } }
`;

async function writeFiles(folder: string): Promise<World['files']> {
  const paths = Object.entries(FILES).map(([name]) => [name, join(folder, `${name}.txt`)] as const);
  for (const [name, path] of paths) await writeFile(path, FILES[name as keyof typeof FILES]);
  return { ...Object.fromEntries(paths), rules: 'policy/policy.csv' } as unknown as World['files'];
}

/** The world of a server. */
export async function createWorld(server: Server, folder: string): Promise<World & { readonly token: string }> {
  const token = await tokenFor('alice', { roles: ['admin'] });
  const ask = async (document: string, variables: object) => (await server.query(document, variables, token)).data;
  let count = 0;
  const unique = (name: string) => {
    count += 1;
    return `${name}_${count}`;
  };
  const start = async (yaml: string, state: string) => {
    const document = 'mutation ($yaml: String!) { startRun(input: { source: { yaml: $yaml } }) { ... on Run { id } } }';
    const { id } = (await ask(document, { yaml })).startRun;
    const stateOf = async () => (await ask('query ($id: ID!) { run(id: $id) { state } }', { id })).run.state;
    await until(`${id} is ${state}`, async () => (await stateOf()) === state);
    return id as string;
  };
  const waitingRun = () => start(WAITING, 'WAITING');
  return {
    token,
    files: await writeFiles(folder),
    waitingRun,
    failedRun: () => start(FAILED, 'FAILED'),
    endedRun: () => start(LOGGING, 'SUCCEEDED'),
    loggingRun: () => start(LOGGING_AND_WAITING, 'WAITING'),
    async approval() {
      const document = 'query ($id: ID!) { run(id: $id) { step(key: "agree") { approval { id } } } }';
      return (await ask(document, { id: await waitingRun() })).run.step.approval.id;
    },
    async workflow() {
      const name = unique('saved');
      const yaml = FILES.workflow.replace('name: small', `name: ${name}\nschedule: { cron: "0 3 * * *" }`);
      const text = yaml.replace('inputs: { n: integer }\n', '');
      await ask('mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }', {
        yaml: text,
      });
      return name;
    },
    async artifact() {
      const client = createClient({ url: server.url, token });
      const { id } = await client.upload('note', { name: unique('note') });
      client.close();
      return id;
    },
    async account() {
      const input = { username: unique('user'), roles: ['user'], password: 'correct horse battery' };
      await ask('mutation ($input: CreateAccountInput!) { createAccount(input: $input) { __typename } }', { input });
      return input.username;
    },
    async apiToken() {
      const document =
        'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on NewApiToken { apiToken { id } } } }';
      return (await ask(document, { input: { name: unique('ci'), roles: ['admin'] } })).createApiToken.apiToken.id;
    },
    name: () => unique('user'),
    target: () => join(folder, unique('target')),
  };
}

/** A world for servers that do not get as far as to look. */
export async function createFakeWorld(folder: string): Promise<World> {
  const id = async () => 'run_0198c0ffee0198c0ffee0198c0ffee01';
  return {
    files: await writeFiles(folder),
    waitingRun: id,
    failedRun: id,
    endedRun: id,
    loggingRun: id,
    approval: async () => 'apr_0198c0ffee0198c0ffee',
    workflow: async () => 'saved',
    artifact: async () => 'art_0198c0ffee0198c0ffee',
    account: async () => 'bob',
    apiToken: async () => 'tok_0198c0ffee0198c0ffee',
    name: () => 'bob',
    target: () => join(folder, 'target'),
  };
}
