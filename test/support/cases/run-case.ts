import { nextTime } from '../../../src/workflow/model/schedule-times.ts';
import { connectMcp } from '../mcp/connect-mcp.ts';
import { type Server, startServer } from '../server.ts';
import { createTestUsers, type TestUsers } from '../test-users.ts';
import { until } from '../until.ts';
import type { CaseRequest, CommandInput, SignInInput } from './case.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { startPeers } from './peers.ts';

const RUN = `query ($id: ID!) { run(id: $id) {
  state output error { code message } resource { text json } artifacts(first: 100) { nodes { name } }
  events(first: 1000, filter: { types: [LOG] }) { events { ... on LogLine { text } } }
} }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) {
  ... on Session { __typename } ... on Refusal { code }
} }`;

/** The end of a run, or the refusal to start it. */
interface RunOutcome {
  readonly state?: string;
  readonly code?: string;
  readonly message?: string;
  readonly output?: unknown;
  /** Its resource. */
  readonly text?: string;
  readonly json?: unknown;
  readonly artifacts?: readonly object[];
  /** All log lines. */
  readonly logs?: string;
}

/** A server, and the fake peers that it talks to. */
export async function startCaseRunner() {
  const [peers, provider] = await Promise.all([startPeers(), startIdentityProvider()]);
  const env = { ALLOWED_PRIVATE_HOSTS: peers.hosts.join(','), TRUST_PROXY: 'true' };
  const server = await startServer({ env });
  const users = await createTestUsers(server);

  const runAgent = (agent: object) => {
    const input = { agent: { role: 'tester', goal: 'Work.', ...agent }, waitMs: 60_000 };
    return startRun(users, 'runAgent', input, '... on Run { id }');
  };

  return {
    /** @returns members by which an outcome is judged */
    async run({ via, input }: CaseRequest): Promise<object> {
      switch (via) {
        case 'roundTrip': {
          const xml = await runCommand(users, 'convertToXml', input);
          if (xml.text === undefined) return xml;
          return runCommand(users, 'convertToJson', { text: xml.text, mediaType: 'application/xml' });
        }
        case 'workflow': {
          const { yaml, inputs = {} } = input;
          return startRun(users, 'startRun', { source: { yaml }, inputs, waitMs: 60_000 }, '... on Run { id }');
        }
        case 'agent':
          return runAgent(input);
        case 'model': {
          const called = input.server && peers.serveTools(input.server);
          const asked = peers.answerWith(input);
          const litellm = {
            ...{ model: 'scripted', apiBase: peers.modelUrl },
            ...(input.server && { mcpServers: [{ serverUrl: peers.mcpUrl }] }),
          };
          const tools = input.server?.['tools/list'].tools.map(({ name }) => name) ?? [];
          return { ...(await runAgent({ tools, backend: { litellm } })), asked: asked(), called };
        }
        case 'mcpClient': {
          const called = peers.serveTools(input);
          const backend = { mcp: { serverUrl: peers.mcpUrl } };
          return { ...(await runAgent({ tools: [input.tool], backend })), called };
        }
        case 'mcpServer':
          return askMcp(server, users.tokens.admin, input);
        case 'signIn':
          return signInOften(server, input);
        case 'token': {
          const { data } = await provider.server.query('{ viewer { username } }', {}, await provider.sign(input));
          return { username: data?.viewer?.username ?? null };
        }
        case 'nextTime': {
          const { cron, timeZone, after } = input;
          const times: Date[] = [];
          while (times.length < 3) {
            const last = times.at(-1) ?? new Date(after);
            times.push(nextTime({ cron, timeZone, overlap: 'allow', catchUp: 'all' }, last));
          }
          return { times: times.map((time) => time.toISOString()) };
        }
        default:
          return runCommand(users, via, input);
      }
    },
    async close() {
      await Promise.all([server.stop(), provider.close()]);
      await peers.close();
    },
  };
}

function runCommand(users: TestUsers, command: string, input: CommandInput): Promise<RunOutcome> {
  const { schema, options } = input;
  const schemaUri = schema && `data:application/schema+json,${encodeURIComponent(JSON.stringify(schema))}`;
  const more = { ...(schemaUri && { schemaUri }), ...options };
  return startRun(users, command, { ...contentOf(input), ...more }, '... on CommandOutcome { run { id } }');
}

function contentOf(input: CommandInput): object {
  if ('data' in input) return { data: input.data };
  const { mediaType } = input;
  return {
    source:
      'text' in input ? { text: { text: input.text, mediaType } } : { bytes: { base64: input.base64, mediaType } },
  };
}

async function startRun(users: TestUsers, field: string, input: object, selection: string): Promise<RunOutcome> {
  const { id, run, code, message } = await users.mutate(field, input, selection, 'admin');
  const runId = id ?? run?.id;
  if (runId === undefined) return { code, message };
  const ended = await until(`${runId} has ended`, async () => {
    const now = (await users.ask(RUN, { id: runId }, 'admin')).run;
    return !['PENDING', 'RUNNING'].includes(now.state) && now;
  });
  return {
    ...{ state: ended.state, output: ended.output, artifacts: ended.artifacts.nodes },
    ...(ended.error && { code: ended.error.code, message: ended.error.message }),
    ...(ended.resource && { text: ended.resource.text, json: ended.resource.json }),
    logs: ended.events.events.map(({ text }: { text: string }) => text).join('\n'),
  };
}

/** The status and the error code of a request to the MCP server; null without an error. */
async function askMcp(server: Server, token: string, request: object) {
  const client = await connectMcp(server, token);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': client.transport?.sessionId ?? '',
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'case', ...request });
  const response = await server.fetch('/mcp', { method: 'POST', headers, body, token });
  const { error } = (await response.json()) as { readonly error?: { readonly code: number } };
  await client.close();
  return { status: response.status, rpcCode: error?.code ?? null };
}

/** What the address of wrong passwords is told at last, and then other addresses. */
async function signInOften(server: Server, { forwardedFor, tries, others }: SignInInput) {
  let attempts = 0;
  const signInFrom = async (address: string): Promise<string> => {
    attempts += 1;
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
    // A user has limits as well, so each attempt names another one.
    const variables = { input: { username: `user-${attempts}`, password: 'wrong' } };
    const body = JSON.stringify({ query: SIGN_IN, variables });
    const response = await server.fetch('/graphql', { method: 'POST', headers, body });
    return ((await response.json()) as { data: { signIn: { code: string } } }).data.signIn.code;
  };
  const told: string[] = [];
  for (let i = 0; i < tries; i += 1) told.push(await signInFrom(forwardedFor));
  // A failure is forgotten every two seconds, so one of the last attempts may be let through.
  const same = told.slice(-2).includes('THROTTLED') ? 'THROTTLED' : told.at(-1);
  const toldOthers = new Set<string>();
  for (const address of others) toldOthers.add(await signInFrom(address));
  return { same, others: [...toldOthers] };
}
