import { afterEach, describe, expect, it } from 'vitest';
import { type FakeOpenai, type ScriptedAnswer, startFakeOpenai } from '../support/agents/openai.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer } from '../support/web-server.ts';

const SCHEMA = {
  type: 'object',
  required: ['total', 'items'],
  properties: {
    total: { type: 'integer' },
    items: { type: 'array', items: { type: 'string' } },
    note: { const: '{{ 1 }}' },
  },
};
const WRONG = '{"total": "many", "items": []}';
const RIGHT = '```json\n{"total": 2, "items": ["tea", "rye"]}\n```';

const closing: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A server whose model follows the script, restarted on the same data by `restart`. */
async function serverWithModel(script: readonly ScriptedAnswer[]) {
  const folder = await createTempFolder();
  const model = await startFakeOpenai(script);
  const env = { ALLOWED_PRIVATE_HOSTS: model.endpoint, LLM_API_BASE: model.url, LLM_MODEL: 'scripted' };
  let server: Server = await startServer({ dataDir: folder.path, env });
  closing.push({ close: async () => await folder[Symbol.asyncDispose]() }, model, {
    close: () => server.stop('SIGKILL'),
  });
  return {
    model,
    users: await createTestUsers(server),
    async restart() {
      await server.stop('SIGKILL');
      server = await startServer({ dataDir: folder.path, env });
      return createTestUsers(server);
    },
  };
}

const agent = { role: 'Clerk', goal: 'Count {{ what }}.', backend: 'litellm', output_schema: SCHEMA };
const counting = (more: object = {}) => ({
  document: {
    name: 'counting',
    inputs: { what: { type: 'string', default: 'boxes' } },
    steps: [
      { id: 'count', kind: 'agent', agent: { ...agent, ...more } },
      { id: 'next', kind: 'transform', input: { data: '{{ steps.count.output.total + 1 }}', expression: '$' } },
    ],
    outputs: { next: '{{ steps.next.output }}', all: '{{ steps.count.output }}' },
  },
});

const bodyOf = ({ requests }: FakeOpenai, i: number) =>
  requests[i]?.body as { messages: { role: string; content: string }[]; response_format?: object; tools?: object };

describe('an agent with an output schema', () => {
  it('has the answer as its output, whose fields expressions see, after it was told once what is wrong', async () => {
    const { model, users } = await serverWithModel([{ text: [WRONG] }, { text: [RIGHT] }]);
    const run = await users.start(counting());
    const all = { total: 2, items: ['tea', 'rye'] };
    expect(run).toMatchObject({ state: 'SUCCEEDED', output: { next: 3, all } });
    expect(model.requests).toHaveLength(2);
    const [first, second] = [bodyOf(model, 0), bodyOf(model, 1)];
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA } };
    expect([first.response_format, second.response_format]).toEqual([format, format]);
    expect(first.messages[0]?.content).toContain('"const":"{{ 1 }}"');
    expect(second.messages.slice(2)).toEqual([
      { role: 'assistant', content: WRONG },
      { role: 'user', content: expect.stringMatching(/- \/total must be integer/) },
    ]);
  });

  it('fails after a second wrong answer, with the beginning of it, and is not asked again', async () => {
    const { model, users } = await serverWithModel([{ text: [WRONG] }, { text: [`No: ${'x'.repeat(2_000)}`] }]);
    const run = await users.start(counting({ backend_config: { max_turns: 1 } }));
    expect(run.error).toMatchObject({
      ...{ code: 'SCHEMA_VIOLATION', step: 'count' },
      message: expect.stringMatching(
        /^The answer of the agent does not fit its output_schema: it is no JSON\. It begins: No: x{496}…$/,
      ),
    });
    expect(model.requests).toHaveLength(2);
  });

  it('is asked in words alone by an endpoint that refuses response_format', async () => {
    const refuses: ScriptedAnswer = { status: 400, says: 'response_format is not supported' };
    const { model, users } = await serverWithModel([refuses, { text: [WRONG] }, { text: [RIGHT] }]);
    expect(await users.start(counting())).toMatchObject({ state: 'SUCCEEDED', output: { next: 3 } });
    expect(model.requests.map((_, i) => bodyOf(model, i).response_format !== undefined)).toEqual([true, false, false]);
    expect(bodyOf(model, 2).messages[0]?.content).toContain('Answer with JSON alone');
  });

  it('is not asked again what it answered before a crash', async () => {
    const { model, users, restart } = await serverWithModel([{ text: [WRONG] }, () => {}, { text: [RIGHT] }]);
    const { id } = await users.start(counting(), { waitMs: 0 });
    await until('it is asked again', () => model.requests.length === 2);
    const after = await restart();
    await after.reach(id, 'SUCCEEDED');
    expect(model.requests).toHaveLength(3);
    // The record has the keys of the schema in another order.
    expect(bodyOf(model, 2).messages.slice(1)).toEqual(bodyOf(model, 1).messages.slice(1));
    const events = `query ($id: ID!) { run(id: $id) { events(first: 1000) { events { ... on AgentMessage { role text } } } } }`;
    const messages = (await after.ask(events, { id })).run.events.events.filter(({ role }: { role?: string }) => role);
    expect(messages.map(({ role }: { role: string }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('may be started by runAgent, in GraphQL or as a file', async () => {
    const { model, users } = await serverWithModel([{ text: [RIGHT] }]);
    const typed = { role: 'Clerk', goal: 'Count.', backend: { litellm: {} }, outputSchema: SCHEMA };
    const file = { role: 'Clerk', goal: 'Count.', backend: 'litellm', output_schema: SCHEMA };
    for (const input of [{ agent: typed }, { document: file }]) {
      const run = await users.mutate('runAgent', { ...input, waitMs: 60_000 }, '... on Run { state output }');
      expect(run).toEqual({ state: 'SUCCEEDED', output: { total: 2, items: ['tea', 'rye'] } });
    }
    expect(await users.start({ document: file })).toMatchObject({ output: { output: { total: 2 } } });
    expect(bodyOf(model, 2).response_format).toMatchObject({ json_schema: { schema: SCHEMA } });
  });

  it('must fit it behind any backend, which is told the schema', async () => {
    const bodies: string[] = [];
    const web = await startWebServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { output_schema: object };
      bodies.push(JSON.stringify(body.output_schema));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.url === '/right' ? '{"total": 2, "items": []}' : WRONG);
    });
    const server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
    closing.push(web, { close: () => server.stop() });
    const users = await createTestUsers(server);
    const at = (path: string) => counting({ backend: 'http_api', backend_config: { url: `${web.url}${path}` } });
    expect(await users.start(at('/right'))).toMatchObject({ output: { next: 3, all: { total: 2, items: [] } } });
    const { error } = await users.start(at('/wrong'));
    expect(error).toMatchObject({ code: 'SCHEMA_VIOLATION', message: expect.stringContaining(`It begins: ${WRONG}`) });
    expect(bodies).toEqual([JSON.stringify(SCHEMA), JSON.stringify(SCHEMA)]);
  });

  it('is invalid with a schema that is no JSON Schema, and its output has the type that the schema states', async () => {
    const { users } = await serverWithModel([]);
    const problemsOf = async (source: object) => {
      const query = 'query ($source: WorkflowSource!) { validateWorkflow(source: $source) { problems { message } } }';
      const { validateWorkflow } = await users.ask(query, { source });
      return validateWorkflow.problems.map(({ message }: { message: string }) => message);
    };
    expect(await problemsOf(counting({ output_schema: { type: 'text' } }))).toEqual([
      expect.stringMatching(/^Step count: output_schema is not a valid JSON Schema: \/type /),
    ]);
    const page = {
      id: 'page',
      kind: 'command',
      command: 'render',
      input: { data: 1, title: '{{ steps.count.output.items }}' },
    };
    const { document } = counting();
    expect(await problemsOf({ document: { ...document, steps: [...document.steps, page] } })).toEqual([
      expect.stringMatching(/title must be text.*is a list.*\| tojson/),
    ]);
  });
});
