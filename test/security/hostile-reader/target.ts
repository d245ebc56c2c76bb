import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Server, startServer } from '../../support/server.ts';
import { requestWithHeaders } from '../../support/surfaces/http-server.ts';
import { bearer, type CallerHeaders, pageOf } from '../../support/surfaces/long-streams.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

/** Something that a hostile reader tries. */
export interface Attempt {
  readonly attempt: string;
  /** What happens, as docs/security/hostile-reader.md lists it. */
  readonly outcome: string;
  /** Tries it. Resolves with what happened, in the words of `outcome`. */
  run(on: Target): Promise<string>;
}

/** A server with accounts of every sort, and the means of those who attack it. */
export interface Target extends AsyncDisposable {
  readonly server: Server;
  /** Headers of users who have signed in with a token: the accounts of development mode, and those that `signIn` names. */
  readonly admin: CallerHeaders;
  readonly alice: CallerHeaders;
  signIn(username: string, password?: string): Promise<string>;
  /** Adds an account with `PASSWORD`. */
  addAccount(username: string, roles: readonly string[], caller?: CallerHeaders): Promise<string>;
  /** The cookie of a new session of bob, as a browser sends it. */
  startSession(): Promise<string>;
  /** What a mutation or a query came to: `done`, or the code of its error or refusal. */
  ask(query: string, caller: CallerHeaders): Promise<string>;
  /** The same, with what it returned. */
  read(query: string, caller: CallerHeaders, variables?: object): Promise<Answer>;
  /** Sends a request as it is; no header is added. */
  send(path: string, headers: Record<string, string>, init?: { method?: string; body?: string }): Promise<Response>;
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: attempts look into answers of every shape
  readonly data?: any;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

export const PASSWORD = 'correct horse battery';
export const CORS_ORIGIN = 'https://app.example';
/** What the caller is: their roles, or `anonymous`. */
export const VIEWER = '{ viewer { username } runs(first: 1) { nodes { id } } }';

const RULES = `
g, operator
p, operator, account:*, role:user, *, allow
p, operator, account:read, **, *, allow
g, writer
p, writer, mutation:saveWorkflow, **, *, allow
p, writer, workflow:*, **, *, allow
`;

export async function openTarget(): Promise<Target> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder());
  const rules = join(folder.path, 'policy.csv');
  await writeFile(rules, readFileSync('policy/policy.csv', 'utf8') + RULES);
  const server = await startServer({ env: { POLICY_FILE: rules, CORS_ORIGINS: CORS_ORIGIN } });
  stack.defer(async () => void (await server.stop('SIGKILL')));
  const json = { 'content-type': 'application/json' };

  const send: Target['send'] = async (path, headers, { method = 'GET', body } = {}) => {
    if (body !== undefined) return server.fetch(path, { method, headers, body });
    // fetch would add Sec-Fetch-Mode and the like.
    const { status, headers: received, text } = await requestWithHeaders(`${server.url}${path}`, headers, method);
    const init = {
      status,
      headers: Object.entries(received).map(([name, value]) => [name, String(value)] as [string, string]),
    };
    return new Response([204, 304].includes(status) ? null : text, init);
  };
  const read: Target['read'] = async (query, caller, variables = {}) => {
    const response = await send(
      '/graphql',
      { ...json, ...caller },
      { method: 'POST', body: JSON.stringify({ query, variables }) },
    );
    return (await response.json()) as Answer;
  };
  const ask: Target['ask'] = async (query, caller) => {
    const { data, errors } = await read(query, caller);
    return (
      errors?.[0]?.extensions.code ?? Object.values<{ code?: string } | null>(data).find((v) => v?.code)?.code ?? 'done'
    );
  };
  const signIn = async (username: string, password = username) => {
    const query = `mutation { signIn(input: { username: "${username}", password: "${password}" }) { ... on Session { token } } }`;
    return (await read(query, {})).data.signIn.token as string;
  };
  const addAccount: Target['addAccount'] = (username, roles, caller = admin) =>
    ask(createAccount(username, roles), caller);
  const startSession = async () => {
    const body = JSON.stringify({ username: 'bob', password: 'bob' });
    const response = await send('/session', { ...json, origin: server.url }, { method: 'POST', body });
    return (response.headers.get('set-cookie') ?? '').replace(/;.*/, '');
  };
  const admin = bearer(await signIn('admin'));
  const alice = bearer(await signIn('alice'));
  const running = stack.move();
  return {
    ...{ server, admin, alice, signIn, addAccount, startSession, ask, read, send },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export function createAccount(username: string, roles: readonly string[], password = PASSWORD): string {
  const input = `username: "${username}", password: "${password}", roles: ${JSON.stringify(roles)}`;
  return `mutation { createAccount(input: { ${input} }) { ... on Refusal { code } } }`;
}

/** A field of Mutation that changes an account or a token, with what its input says. */
export function mutation(field: string, input: string): string {
  return `mutation { ${field}(input: { ${input} }) { ... on Refusal { code } } }`;
}

/** A new API token, and its id. */
export async function createToken(on: Target, caller: CallerHeaders, roles: readonly string[]) {
  const input = `name: "x", roles: ${JSON.stringify(roles)}`;
  const query = `mutation { createApiToken(input: { ${input} }) { ... on NewApiToken { token apiToken { id } } ... on Refusal { code } } }`;
  const { token, apiToken } = (await on.read(query, caller)).data.createApiToken;
  return { token: token as string, id: apiToken.id as string };
}

export { bearer, pageOf };
