import { stringify } from 'yaml';
import { startFakeOpenai } from '../../../../test/support/agents/openai.ts';
import { until } from '../../../../test/support/until.ts';
import { type LoggingAgent, startLoggingAgent } from './long-log.ts';
import { type Dashboard, openDashboard } from './open-dashboard.ts';

/** What people, models and programs wrote: it is shown in every view. */
export interface Words {
  /** Descriptions, goals, reasons, titles, labels, comments and messages. */
  readonly sentence: string;
  readonly logLine: string;
  /** What a model answers, as Markdown. */
  readonly answer: string;
  /** Of tokens and saved views. */
  readonly name: string;
  readonly files: readonly { readonly name: string; readonly mediaType: string; readonly text: string }[];
}

const PLAIN: Words = {
  sentence: 'Load the prices',
  logLine: 'Read \u001b[32m12 rows\u001b[0m',
  answer: 'I have told **them**.',
  name: 'Nightly prices',
  files: [
    { name: 'prices.csv', mediaType: 'text/csv', text: 'id,price\n1,12.00\n' },
    { name: 'report.html', mediaType: 'text/html', text: '<h1>Report</h1>' },
    { name: 'notes.md', mediaType: 'text/markdown', text: '# Notes\n\nAll is *well*.\n' },
    { name: 'rows.json', mediaType: 'application/json', text: '{"rows":[{"id":1},{"id":2}],"next":null}' },
  ],
};

/** A dashboard whose every view has something to show, and the IDs of what it has. */
export interface FullDashboard extends Dashboard {
  readonly runs: Readonly<Record<'prices' | 'agreement' | 'broken' | 'repeated' | 'agent' | 'logged', string>>;
  readonly approval: string;
  /** In the order of the words. */
  readonly files: readonly string[];
}

const transform = (id: string, more: object = {}) => ({
  ...{ id, kind: 'transform', input: { data: '{{ amount }}', expression: '$' } },
  ...more,
});

const workflows = ({ sentence }: Words) => ({
  prices: {
    ...{ name: 'prices', description: sentence, goal_template: sentence, labels: { about: sentence } },
    inputs: { amount: { type: 'integer', default: 1, description: sentence } },
    steps: [
      transform('rows', { title: sentence }),
      transform('each', { depends_on: ['rows'], for_each: '{{ [1, 2, 3] }}' }),
      transform('told', {
        depends_on: ['each'],
        input: { data: { text: sentence, amount: '{{ amount }}' }, expression: '$' },
      }),
    ],
    outputs: { told: '{{ steps.told.output }}' },
    schedule: { cron: '0 2 * * *', time_zone: 'Europe/Warsaw' },
  },
  agreement: {
    ...{ name: 'agreement', description: sentence },
    steps: [
      { id: 'agree', kind: 'approval', title: sentence, input: { reason: sentence } },
      { id: 'told', kind: 'sleep', depends_on: ['agree'], input: { ms: 1 } },
    ],
  },
  broken: {
    ...{ name: 'broken', goal_template: sentence },
    steps: [
      {
        ...transform('begun', { input: { data: 1, expression: '$' } }),
        compensate: { kind: 'transform', input: { data: 1, expression: '$' } },
      },
      {
        ...{ id: 'rows', kind: 'command', command: 'convertToJson', title: sentence, depends_on: ['begun'] },
        input: { source: { uri: 'file:///data/none.csv' } },
        retry: { max_attempts: 2, backoff_ms: 1, on: ['NOT_FOUND'] },
      },
    ],
  },
});

const START =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { __typename ... on Run { id } ... on Refusal { message } } }';
const SAVE =
  'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename ... on Refusal { message } } }';
const STORE = `mutation ($name: String!, $text: String!, $mediaType: MediaType!) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: $mediaType } } }) { __typename ... on Artifact { id } ... on Refusal { message } } }`;
const RERUN =
  'mutation ($input: RerunFromInput!) { rerunFrom(input: $input) { __typename ... on Run { id } ... on Refusal { message } } }';
const AGENT =
  'mutation ($input: RunAgentInput!) { runAgent(input: $input) { __typename ... on Run { id } ... on Refusal { message } } }';
const OTHERS = `mutation ($name: String!, $url: String!) {
  createApiToken(input: { name: $name, roles: ["analyst"] }) { __typename ... on Refusal { message } }
  createWebhook(input: { url: $url, events: [RUN_ENDED], workflow: "prices" }) { __typename ... on Refusal { message } }
  saveView(input: { name: $name, state: "/runs?state=FAILED" }) { __typename ... on Refusal { message } } }`;
const ACCOUNT = `mutation {
  createAccount(input: { username: "zoe", password: "a long password of hers", roles: ["analyst"] }) { __typename ... on Refusal { message } } }`;
const APPROVALS = '{ approvals(state: OPEN) { nodes { id } } }';
const STATE = 'query ($id: ID!) { run(id: $id) { state } }';

/** Starts a server with runs in every state, workflows, files, an agent, tokens and the rest, and a browser. Alice has made them. */
export async function openFullDashboard(words: Words = PLAIN): Promise<FullDashboard> {
  const closing = new AsyncDisposableStack();
  const usage = { prompt: 1_200, completion: 34 };
  const model = await startFakeOpenai([
    {
      text: [words.answer],
      calls: [{ name: 'notify_send', arguments: JSON.stringify({ message: words.sentence }) }],
      usage,
    },
    { text: [words.answer], usage },
  ]);
  closing.defer(() => model.close());
  const logging = closing.use(await startLoggingAgent());
  const dashboard = await openDashboard({
    env: {
      ...{ LLM_API_BASE: model.url, LLM_MODEL: 'scripted', LLM_API_KEY: 'a', LLM_TOKENS_PER_RUN: '200000' },
      ALLOWED_PRIVATE_HOSTS: `${model.endpoint},${logging.env.ALLOWED_PRIVATE_HOSTS}`,
    },
  });
  const close = async () => {
    await dashboard.close();
    await closing.disposeAsync();
  };
  try {
    return { ...dashboard, ...(await fill(dashboard, words, logging, model.url)), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

async function fill({ ask }: Dashboard, words: Words, logging: LoggingAgent, url: string) {
  /** The result of the first mutation. */
  const change = async (
    document: string,
    variables: object = {},
    as: 'alice' | 'admin' = 'alice',
  ): Promise<{ readonly id: string }> =>
    Object.values(await ask(as, document, variables))[0] as { readonly id: string };
  const { prices, agreement, broken } = workflows(words);
  await change(SAVE, { yaml: stringify({ ...prices, max_parallel: 2 }) });
  for (const workflow of [prices, agreement, broken]) await change(SAVE, { yaml: stringify(workflow) });
  const start = async (name: string, waitMs = 20_000) =>
    (await change(START, { input: { source: { name }, waitMs, labels: { team: words.name } } })).id;
  const runs = { prices: await start('prices'), broken: await start('broken'), agreement: await start('agreement', 0) };
  const { id: repeated } = await change(RERUN, { input: { runId: runs.prices, step: 'told', inputs: { amount: 2 } } });
  const files = [];
  for (const file of words.files) files.push((await change(STORE, file)).id);
  const agentOf = (backend: object) => ({
    role: words.sentence,
    goal: words.sentence,
    tools: ['notify.send'],
    backend,
  });
  const { id: agent } = await change(AGENT, {
    input: { agent: agentOf({ litellm: { model: 'scripted' } }), waitMs: 20_000 },
  });
  const { id: logged } = await change(AGENT, { input: { agent: agentOf({ websocket: { uri: logging.uri } }) } });
  await logging.asked();
  logging.log(words.logLine);
  logging.log(words.logLine, 'ERROR');
  logging.finish();
  await change(OTHERS, { name: words.name, url: `${url}/hook` });
  await change(ACCOUNT, {}, 'admin');
  const approval = await until(
    'the approval is requested',
    async () => (await ask('admin', APPROVALS)).approvals.nodes[0]?.id,
  );
  await until(
    'the logged run has ended',
    async () => (await ask('alice', STATE, { id: logged })).run.state === 'SUCCEEDED',
  );
  return { runs: { ...runs, repeated, agent, logged }, approval: String(approval), files };
}
