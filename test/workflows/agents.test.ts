import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenai } from '../support/agents/openai.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const RUN = `id kind state error { code message } output resource { text }
  steps { key kind state attempt output toolCalls { tool arguments result error { code } } approval { id state reason } }`;
const AGENT = `... on Run { ${RUN} }`;
const SUMMARY_SERVER = ['node', 'examples/mcp-servers/summary-server/server.ts'];

/** A server with this model, and policy rules in addition to the shipped ones. */
async function serverWith(
  model: { url: string; endpoint: string },
  rules: readonly string[],
  dataDir: string,
  env = {},
) {
  const file = join(dataDir, 'policy.csv');
  await writeFile(file, [await readFile('policy/policy.csv', 'utf8'), ...rules].join('\n'));
  return startServer({
    dataDir: join(dataDir, 'data'),
    env: {
      ...{ POLICY_FILE: file, LLM_API_BASE: model.url, LLM_MODEL: 'scripted', LLM_API_KEY: 'the key' },
      ...{ ALLOWED_PRIVATE_HOSTS: model.endpoint, LOG_LEVEL: 'warn', ...env },
    },
  });
}

describe('an agent whose tool needs approval', () => {
  it('waits through a kill -9, continues when it is approved, and asks the model nothing twice', async () => {
    await using folder = await createTempFolder();
    const model = await startFakeOpenai([
      { text: ['I will ', 'tell them.'], calls: [{ name: 'notify_send', arguments: '{"message":"it is done"}' }] },
      { text: ['They have been told.'] },
    ]);
    const rules = ['p, admin, tool:notify.send, **, *, approve'];
    let server = await serverWith(model, rules, folder.path);
    let users = await createTestUsers(server);
    const input = {
      agent: {
        ...{ role: 'Herald', goal: 'Tell everybody that it is done.', tools: ['notify.send'] },
        backend: { litellm: { model: 'scripted' } },
      },
    };
    const { id } = await users.mutate('runAgent', input, AGENT, 'admin');
    const waiting = await users.reach(id, 'WAITING', 'admin');
    const approval = waiting.steps[0].approval.id;
    expect(model.requests).toHaveLength(1);

    await server.stop('SIGKILL');
    server = await serverWith(model, rules, folder.path);
    users = await createTestUsers(server);
    // You cannot approve your own request.
    const decide = { approvalId: approval, approve: true };
    expect(await users.mutate('decideApproval', { ...decide }, '... on Approval { state }', 'admin')).toMatchObject({
      code: 'FORBIDDEN',
    });
    const token = await tokenFor('eve', { roles: ['admin'] });
    const asked = `{ approvals(mine: true) { nodes { id mayDecide call { tool arguments result } } totalCount } }`;
    const call = { tool: 'notify.send', arguments: { level: 'info', message: 'it is done' }, result: null };
    expect((await server.query(asked, {}, token)).data.approvals).toEqual({
      nodes: [{ id: approval, mayDecide: true, call }],
      totalCount: 1,
    });
    expect((await users.ask(asked, {}, 'admin')).approvals).toEqual({ nodes: [], totalCount: 0 });
    const document =
      'mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { ... on Approval { state } } }';
    const { data } = await server.query(document, { input: decide }, token);
    expect(data.decideApproval).toEqual({ state: 'APPROVED' });

    await users.reach(id, 'SUCCEEDED', 'admin');
    const { run } = await users.ask(`query ($id: ID!) { run(id: $id) { ${RUN} } }`, { id }, 'admin');
    expect(run.steps[0]).toMatchObject({ attempt: 1, toolCalls: [{ tool: 'notify.send' }] });
    expect(JSON.parse(run.resource.text)).toMatchObject({ text: 'They have been told.', turns: 2 });
    expect(model.requests).toHaveLength(2);
    expect(model.requests[0]?.headers.authorization).toBe('Bearer the key');
    await server.stop();
    await model.close();
  });
});

describe('the budget of a run', () => {
  it('is not exceeded by one token, whatever runs concurrently', async () => {
    await using folder = await createTempFolder();
    let reported = 0;
    const model = await startFakeOpenai([
      (response) => {
        // It uses its maximum: a token for every byte of its prompt, and all of its completion tokens.
        const sent = JSON.stringify(model.requests.at(-1)?.body.messages).length;
        const usage = { prompt_tokens: sent, completion_tokens: 50, total_tokens: sent + 50 };
        reported += usage.total_tokens;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const choices = [{ index: 0, delta: { content: 'yes' }, finish_reason: 'stop' }];
        const chunk = { id: '1', object: 'chat.completion.chunk', created: 0, model: 'scripted' };
        response.write(`data: ${JSON.stringify({ ...chunk, choices })}\n\n`);
        response.write(`data: ${JSON.stringify({ ...chunk, choices: [], usage })}\n\n`);
        setTimeout(() => response.end('data: [DONE]\n\n'), 50);
      },
    ]);
    const ceiling = 5_000;
    await using server = await serverWith(model, [], folder.path, { LLM_TOKENS_PER_RUN: String(ceiling) });
    const users = await createTestUsers(server);
    const steps = Array.from({ length: 20 }, (_, i) => {
      const agent = { role: 'Sayer', goal: `Say yes ${i}.`, backend: 'litellm', backend_config: { max_tokens: 50 } };
      return { id: `a${i}`, kind: 'agent', agent, continue_on_error: true };
    });
    const run = await users.start({ document: { name: 'twenty', steps } }, {}, 'admin');
    const states = run.steps.map(
      ({ state, error }: { state: string; error?: { code: string } }) => error?.code ?? state,
    );
    expect(reported).toBeLessThanOrEqual(ceiling);
    expect(new Set(states)).toEqual(new Set(['SUCCEEDED', 'TOO_COSTLY']));
    expect(model.requests.length).toBe(states.filter((state: string) => state === 'SUCCEEDED').length);
    const counts = '{ input output limit }';
    const { run: told } = await users.ask(
      `query ($id: ID!) { run(id: $id) { usage ${counts} steps { key repair { round } usage ${counts} }
        events(first: 1000, filter: { types: [AGENT_MESSAGE] }) { events { ... on AgentMessage { role usage ${counts} } } } } }`,
      { id: run.id },
      'admin',
    );
    type Usage = { input: number; output: number; limit: number | null } | null;
    const sum = (usages: Usage[]) =>
      usages.reduce((total, usage) => total + (usage ? usage.input + usage.output : 0), 0);
    expect(told.usage.limit).toBe(ceiling);
    expect(sum([told.usage])).toBe(reported);
    expect(sum(told.steps.map(({ usage }: { usage: Usage }) => usage))).toBe(reported);
    const messages = told.events.events as { role: string; usage: Usage }[];
    expect(sum(messages.map(({ usage }) => usage))).toBe(reported);
    expect(messages.filter(({ role, usage }) => (role === 'assistant') !== (usage !== null))).toEqual([]);
    await model.close();
  });
});

describe('agents of a server', () => {
  let server: Server;
  let users: TestUsers;
  beforeAll(async () => {
    server = await startServer();
    users = await createTestUsers(server);
  });
  afterAll(async () => void (await server.stop()));
  const runAgent = (agent: object, more: object = {}) =>
    users.mutate('runAgent', { agent, waitMs: 60_000, ...more }, AGENT, 'admin');

  it('summarize a text with an MCP server that runs in the sandbox', async () => {
    const run = await runAgent(
      { role: 'Summarizer', goal: 'Summarize the text.', backend: { mcp: { stdioCommand: SUMMARY_SERVER } } },
      {
        context: {
          text: 'The sun is a star. It shines on the earth. Rain falls on other days. The sun shines most in summer.',
        },
      },
    );
    expect(run).toMatchObject({ kind: 'AGENT', state: 'SUCCEEDED', error: null });
    expect(run.steps[0].toolCalls).toMatchObject([{ tool: 'summarize', error: null }]);
    expect(run.output.summary ?? run.output.text).toMatch(/sun/i);
    const record = await users.ask('query ($id: ID!) { run(id: $id) { export } }', { id: run.id }, 'admin');
    // The record has the decision on the program, and says nothing of where the server is.
    expect(JSON.stringify(record)).toContain('exec:///run/signalbox/bin/node');
    for (const path of [process.cwd(), dirname(process.execPath), server.dataDir])
      expect(JSON.stringify(record)).not.toContain(path);
  });

  it('run a shell in the folder of their run, and nowhere else', async () => {
    const commandTemplate =
      'echo "$SIGNALBOX_GOAL" > goal.txt; cat goal.txt; cat /etc/passwd || true; ls /home /root 2>&1 || true';
    const run = await runAgent({ role: 'Shell', goal: 'hello; rm -rf /', backend: { bashCli: { commandTemplate } } });
    expect(run.state).toBe('SUCCEEDED');
    expect(run.output.stdout).toContain('hello; rm -rf /');
    expect(run.output.stdout).not.toContain('daemon:');
  });

  it('work in a pipeline, and receive the output of the previous step', async () => {
    const input = {
      steps: [
        { command: 'convertToJson', options: { source: { uri: 'file:///data/products.csv' } } },
        {
          agent: {
            ...{ role: 'Counter', goal: 'Count.' },
            backend: { bashCli: { commandTemplate: 'cat' } },
          },
        },
      ],
    };
    const outcome = await users.mutate(
      'pipeline',
      input,
      '... on CommandOutcome { run { state error { message } } resource { json } }',
      'admin',
    );
    expect(outcome.run).toEqual({ state: 'SUCCEEDED', error: null });
    const workerInput = JSON.parse(outcome.resource.json.stdout);
    expect(workerInput.context.previous).toMatchObject({ media_type: expect.stringContaining('json') });
    expect(Object.keys(workerInput.context.previous)).toContain('json');
  });

  it('report their output as it happens', async () => {
    const run = await runAgent({
      role: 'Shell',
      goal: 'Say things.',
      backend: { bashCli: { commandTemplate: 'echo one; echo two >&2' } },
    });
    const events = await users.ask(
      `query ($id: ID!) { run(id: $id) { events(first: 100) { events { type ... on LogLine { text } ... on AgentDelta { delta: text } } } } }`,
      { id: run.id },
      'admin',
    );
    const found = events.run.events.events.map(({ type, text, delta }: Record<string, string>) =>
      `${type} ${text ?? delta ?? ''}`.trim(),
    );
    expect(found).toEqual(expect.arrayContaining([expect.stringContaining('AGENT_DELTA one'), 'LOG two']));
  });

  it.each([
    ['no rule for the backend', 'alice', { bashCli: { commandTemplate: 'true' } }],
    ['no rule for the program', 'alice', { mcp: { stdioCommand: ['node', 'x.mjs'] } }],
    ['no rule for agents', 'bob', { httpApi: { url: 'https://api.example/agent' } }],
  ] as const)('are refused to a user with %s', async (_, who, backend) => {
    const refused = await users.mutate('runAgent', { agent: { role: 'R', goal: 'G', backend } }, AGENT, who);
    expect(refused).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    [{ mcp: {} }, /stdioCommand/],
    [{ litellm: { model: 'm' } }, /LLM_API_BASE|apiBase/],
    [{ bashCli: { commandTemplate: 'true', workingDir: '../..' } }, /workingDir|working/i],
    [{ httpApi: { url: 'ftp://x/' } }, /http/],
  ])('are refused with a reason if their backend is invalid: %j', async (backend, message) => {
    const refused = await runAgent({ role: 'R', goal: 'G', backend });
    const problem = refused.message ?? refused.error?.message;
    expect(problem).toMatch(message);
  });

  it('end when their run is cancelled', async () => {
    const { id } = await users.mutate(
      'runAgent',
      { agent: { role: 'R', goal: 'G', backend: { bashCli: { commandTemplate: 'sleep 600' } } } },
      AGENT,
      'admin',
    );
    await until('it is running', async () => (await users.run(id, 'admin')).steps[0].state === 'DISPATCHED');
    await users.change('cancelRun', { runId: id }, 'admin');
    await users.reach(id, 'CANCELLED', 'admin');
  });
});
