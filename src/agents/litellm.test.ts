import { afterEach, describe, expect, it } from 'vitest';
import { createTestAgent, createTestOutgoing, outputJson } from '../../test/support/agents/agent.ts';
import {
  createTestSession,
  TestPause,
  type TestSession,
  type TestTool,
} from '../../test/support/agents/agent-session.ts';
import { startTestMcpServer } from '../../test/support/agents/mcp-server.ts';
import {
  beginEventStream,
  chunkEvent,
  type FakeOpenai,
  type ScriptedAnswer,
  serverSentEvent,
  startFakeOpenai,
} from '../../test/support/agents/openai.ts';
import { Fault } from '../core/errors.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { AgentTask } from './define-backend.ts';
import { type LitellmDeps, litellm } from './litellm.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Played {
  readonly model: FakeOpenai;
  run(work: TestSession, changes?: PlayedChanges): Promise<JsonObject>;
}

interface PlayedChanges {
  readonly config?: JsonObject;
  readonly agent?: Partial<Omit<AgentTask, 'config'>>;
}

/** A backend in front of a fake model that follows the script. */
async function play(
  script: readonly ScriptedAnswer[],
  deps: Partial<LitellmDeps> = {},
  ...reachable: string[]
): Promise<Played> {
  const model = await startFakeOpenai(script);
  const out = createTestOutgoing(model.endpoint, ...reachable);
  open.push(out.outgoing, model);
  const backend = litellm({ ...out, ...unused, backoffMs: 20, idleMs: 5_000, ...deps });
  return {
    model,
    async run(work, { config = {}, agent = {} } = {}) {
      const all = { model: 'small', apiBase: model.url, maxTokens: 100, maxTurns: 5, ...config };
      return outputJson(await backend.run(createTestAgent(all, agent), work));
    },
  };
}

/** Only MCP servers that are programs need them. */
const unused = {
  sandbox: { kind: 'none' as const, spawn: () => Promise.reject(new Error('no program is started here')) },
  programLimits: { memoryBytes: 0, processes: 0, cpuSeconds: 0, fileBytes: 0 },
  readPaths: [],
  version: '0',
  hide: (text: string) => text,
};

const adds: TestTool = {
  name: 'math.add',
  description: 'Adds two numbers.',
  input: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
  run: ({ a, b }) => ({ sum: Number(a) + Number(b) }),
};
const breaks: TestTool = {
  ...{ name: 'breaks', description: 'Does not work.', input: { type: 'object' } },
  run: () => {
    throw new Fault('TIMEOUT', 'It took too long.');
  },
};

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

const list = (value: Json | undefined) => (value ?? []) as readonly JsonObject[];
/** The conversation as the model was told it with one request. */
const told = ({ requests }: FakeOpenai, request: number) => list(requests.at(request)?.body.messages);
const last = (model: FakeOpenai) => told(model, -1).at(-1) ?? {};

describe('a model that answers', () => {
  it('is told role, goal, context and memory, and gives text, JSON where it is some, and what it used', async () => {
    const { model, run } = await play([{ text: ['{"pr', 'ice": ', '7}'], usage: { prompt: 11, completion: 5 } }]);
    const work = createTestSession();
    const agent = { context: { item: 'Brötchen' }, memory: 'They like rye.' };
    expect(await run(work, { agent, config: { temperature: 0.5 } })).toEqual({
      ...{ text: '{"price": 7}', json: { price: 7 }, turns: 1 },
      usage: { prompt_tokens: 11, completion_tokens: 5 },
    });
    const [request] = model.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.body).toMatchObject({ model: 'small', max_tokens: 100, temperature: 0.5, stream: true });
    const [system, user = {}] = told(model, 0);
    expect(system).toEqual({ role: 'system', content: 'You are terse.' });
    expect(user.content).toMatch(/Say it\.[\s\S]*"item":"Brötchen"[\s\S]*They like rye\./);
    expect(work.streamedText).toBe('{"price": 7}');
    expect(work.payloads('AGENT_MESSAGE').map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
  });

  it('is sent nothing about this machine, and no key but the one that is meant for it', async () => {
    const key = { reveal: () => Buffer.from('sk-server') };
    const elsewhere = { apiBase: 'https://llm.example/v1', model: 'own', apiKey: key };
    const { model, run } = await play([{ text: ['ok'] }], { llm: elsewhere });
    const server = { apiBase: model.url, model: 'own', apiKey: key };
    const { outgoing, canonicalize } = createTestOutgoing(model.endpoint);
    open.push(outgoing);
    const backend = litellm({ ...unused, outgoing, canonicalize, llm: server });
    const work = createTestSession({ secrets: { MINE: 'sk-mine' } });

    await backend.run(createTestAgent({ maxTokens: 9, maxTurns: 1 }), work);
    await run(work);
    await run(work, { config: { apiKey: 'secret:MINE' } });

    expect(model.requests.map(({ headers }) => headers.authorization)).toEqual([
      ...['Bearer sk-server', undefined, 'Bearer sk-mine'],
    ]);
    expect(model.requests[0]?.body.model).toBe('own');
    expect(Object.keys(model.requests[0]?.headers ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
    expect(work.authorized).toEqual([`secret:MINE ${model.url}`]);
  });
});

describe('the end of an answer', () => {
  it('is told when it came too early, and is a failure when a filter made it', async () => {
    const { run } = await play([
      { text: ['So'], finish: 'length' },
      { text: ['So'], finish: 'content_filter' },
    ]);
    const work = createTestSession();
    expect(await run(work)).toMatchObject({ text: 'So' });
    expect(work.logged).toEqual([expect.stringMatching(/^WARN .*100 tokens.*maxTokens/)]);
    await expect(run(createTestSession())).rejects.toEqual(fault('BAD_INPUT', /content filter/));
  });

  it('is enough, although the endpoint does not hang up', async () => {
    const said = chunkEvent({ content: 'So' }) + chunkEvent({}, 'stop') + serverSentEvent('[DONE]');
    const { model, run } = await play([(response) => void beginEventStream(response).write(said)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'So' });
    await model.idle();
  });
});

describe('a model that wants tools', () => {
  it('has them called in its order by their own names, and is told what they made', async () => {
    const wanted = [
      { id: 'a', name: 'math_add', arguments: '{"a": 1, "b": 2}' },
      { id: 'b', name: 'math_add', arguments: '{"a": 40, "b": 2}' },
    ];
    const { model, run } = await play([{ text: ['Let me see.'], calls: wanted }, { text: ['3 and 42'] }]);
    const work = createTestSession({ tools: [adds, breaks] });
    const result = await run(work, { agent: { tools: ['math.add'] } });
    expect(result).toMatchObject({ text: '3 and 42', turns: 2 });
    expect(result).not.toHaveProperty('usage');
    expect(work.payloads('TOOL_CALLED').map(({ call }) => [call.tool, call.arguments])).toEqual([
      ['math.add', { a: 1, b: 2 }],
      ['math.add', { a: 40, b: 2 }],
    ]);
    expect(list(model.requests[0]?.body.tools).map((tool) => tool.function)).toEqual([
      { name: 'math_add', description: 'Adds two numbers.', parameters: adds.input },
    ]);
    expect(told(model, 1).slice(2)).toEqual([
      {
        ...{ role: 'assistant', content: 'Let me see.' },
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'math_add', arguments: '{"a":1,"b":2}' } },
          { id: 'b', type: 'function', function: { name: 'math_add', arguments: '{"a":40,"b":2}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"sum":3}' },
      { role: 'tool', tool_call_id: 'b', content: '{"sum":42}' },
    ]);
  });

  it.each([
    ['a tool that fails', { name: 'breaks', arguments: '' }, /Error TIMEOUT: It took too long/],
    ['a tool that the policy forbids', { name: 'math_add', arguments: '{}' }, /Error FORBIDDEN/],
    ['a tool that it made up', { name: 'launch', arguments: '{}' }, /no tool launch.*math_add, breaks/],
    ['arguments that are no JSON', { name: 'math_add', arguments: '{"a":' }, /no JSON object/],
    ['arguments that are no object', { name: 'math_add', arguments: '[1]' }, /no JSON object/],
  ])('is told of %s, and goes on', async (_, call, words) => {
    const { model, run } = await play([{ calls: [call] }, { text: ['Then not.'] }]);
    const work = createTestSession({
      tools: [adds, breaks],
      rule: (tool) => (tool === 'math.add' ? 'deny' : 'allow'),
    });
    expect(await run(work, { agent: { tools: ['math.add', 'breaks'] } })).toMatchObject({ text: 'Then not.' });
    expect(last(model)).toMatchObject({ role: 'tool', content: expect.stringMatching(words) });
  });

  it('gets of a large result its beginning, and how much is missing', async () => {
    const huge: TestTool = { ...adds, name: 'huge', run: () => 'ü'.repeat(40_000) };
    const { model, run } = await play([{ calls: [{ name: 'huge', arguments: '{}' }] }, { text: ['ok'] }]);
    await run(createTestSession({ tools: [huge] }), { agent: { tools: ['huge'] } });
    const { content } = last(model);
    expect(Buffer.byteLength(String(content))).toBeLessThan(33_000);
    expect(content).toMatch(/^ü+\n\[cut: the first 32768 of 80000 bytes\]$/);
  });

  it('is stopped when it comes to no end, without its last calls', async () => {
    const { model, run } = await play([{ calls: [{ name: 'math_add', arguments: '{"a":1,"b":1}' }] }]);
    const work = createTestSession({ tools: [adds] });
    const config = { maxTurns: 3 };
    await expect(run(work, { config, agent: { tools: ['math.add'] } })).rejects.toEqual(fault('TOO_COSTLY', /3 turns/));
    expect(model.requests).toHaveLength(3);
    expect(work.payloads('TOOL_CALLED')).toHaveLength(2);
  });

  it('is not asked at all when its agent names a tool that is not there', async () => {
    const { model, run } = await play([{ text: ['ok'] }]);
    const asked = run(createTestSession({ tools: [adds] }), { agent: { tools: ['math.add', 'math.sub'] } });
    await expect(asked).rejects.toEqual(fault('BAD_INPUT', /math\.sub/));
    expect(model.requests).toHaveLength(0);
  });
});

describe('a model with MCP servers', () => {
  it('calls their tools as those of the server, under the policy, and leaves no session behind', async () => {
    const server = await startTestMcpServer();
    open.push(server);
    const script = [{ calls: [{ name: 'shout', arguments: '{"text":"hey"}' }] }, { text: ['HEY it is'] }];
    const { model, run } = await play(script, {}, server.endpoint);
    const work = createTestSession({ tools: [adds] });
    const config = { mcpServers: [{ serverUrl: server.url }] };
    expect(await run(work, { config, agent: { tools: ['math.add', 'shout'] } })).toMatchObject({ text: 'HEY it is' });
    expect(list(model.requests[0]?.body.tools).map((tool) => (tool.function as JsonObject).name)).toEqual([
      ...['math_add', 'shout'],
    ]);
    expect(work.authorized).toContain(`tool:shout ${server.url}`);
    expect(last(model).content).toContain('HEY');
    expect(server.sessions()).toBe(0);

    await run(createTestSession(), { config });
    expect(list(model.requests.at(-1)?.body.tools)).toHaveLength(2);
  });
});

describe('an agent that is paused and goes on', () => {
  const script: ScriptedAnswer[] = [
    { calls: [{ id: 'a', name: 'math_add', arguments: '{"a":1,"b":2}' }] },
    { calls: [{ id: 'b', name: 'math_add', arguments: '{"a":3,"b":4}' }] },
    { text: ['done'] },
  ];

  it('asks the model nothing again and calls nothing again, and ends in the same conversation', async () => {
    const { model, run } = await play(script);
    let ran = 0;
    const counted: TestTool = { ...adds, run: (args) => [ran++, adds.run(args)][1] ?? null };
    const options = { tools: [counted] };
    const agent = { tools: ['math.add'] };
    const paused = createTestSession({ ...options, rule: (_, { a }) => (a === 3 ? 'pause' : 'allow') });
    await expect(run(paused, { agent })).rejects.toBeInstanceOf(TestPause);
    expect([model.requests.length, ran]).toEqual([2, 1]);

    const resumed = createTestSession({ ...options, history: paused.events });
    expect(await run(resumed, { agent })).toMatchObject({ text: 'done', turns: 3 });
    expect([model.requests.length, ran]).toEqual([3, 2]);

    const whole = await play(script);
    await whole.run(createTestSession(options), { agent });
    expect(model.requests[2]?.body).toEqual(whole.model.requests[2]?.body);
  });

  it('lets through what is no fault, and what says that it is cancelled', async () => {
    const { run } = await play(script);
    for (const thrown of [new TestPause('later'), new Fault('CANCELLED', 'no more')]) {
      const throws: TestTool = { ...adds, run: () => Promise.reject(thrown) };
      await expect(run(createTestSession({ tools: [throws] }), { agent: { tools: ['math.add'] } })).rejects.toBe(
        thrown,
      );
    }
  });
});

describe('an endpoint in trouble', () => {
  it('is asked again when it is busy or broken before it answers, and no more than four times', async () => {
    const { model, run } = await play([
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503 },
      (response) => response.destroy(),
      { text: ['at last'] },
    ]);
    const work = createTestSession();
    expect(await run(work)).toMatchObject({ text: 'at last' });
    expect(model.requests).toHaveLength(4);
    expect(work.logged.filter((line) => line.startsWith('WARN'))).toHaveLength(3);

    const never = await play([{ status: 500, says: 'on fire' }]);
    await expect(never.run(createTestSession())).rejects.toEqual(fault('UNAVAILABLE', /status 500.*on fire/));
    expect(never.model.requests).toHaveLength(4);
  });

  it('is waited for as long as it says, up to half a minute', async () => {
    const { run } = await play([{ status: 429, headers: { 'retry-after': '1' } }, { text: ['ok'] }]);
    const from = performance.now();
    await run(createTestSession());
    expect(performance.now() - from).toBeGreaterThan(990);
    const long = await play([{ status: 429, headers: { 'retry-after': '31' } }]);
    await expect(long.run(createTestSession())).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 31_000 });
    expect(long.model.requests).toHaveLength(1);
  });

  it.each([
    [400, 'BAD_INPUT'],
    [401, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
  ])('is not asked again when it says that the request is wrong (%i)', async (status, code) => {
    const { model, run } = await play([{ status, says: 'bad key sk-mine' }]);
    const work = createTestSession({ secrets: { K: 'sk-mine' } });
    await expect(run(work, { config: { apiKey: 'secret:K' } })).rejects.toEqual(fault(code, /bad key \[secret\]/));
    expect(model.requests).toHaveLength(1);
  });

  it.each<[string, ScriptedAnswer, string, RegExp]>([
    [
      'garbage',
      (response) => void beginEventStream(response).end('data: {oh no\n\n'),
      'RESOURCE_UNREACHABLE',
      /no stream/,
    ],
    ['a page', (response) => void response.end('<html></html>'), 'RESOURCE_UNREACHABLE', /without an end/],
    ['nothing', {}, 'RESOURCE_UNREACHABLE', /without a word/],
    [
      'an error',
      (response) => void beginEventStream(response).end('data: {"error":{"message":"boom"}}\n\n'),
      'UNAVAILABLE',
      /boom/,
    ],
    [
      'half an answer',
      (response) => void beginEventStream(response).end(chunkEvent({ content: 'So' })),
      'RESOURCE_UNREACHABLE',
      /end/,
    ],
    [
      'a chunk of another kind',
      (response) => void beginEventStream(response).end('data: 7\n\n'),
      'RESOURCE_UNREACHABLE',
      /object/,
    ],
    [
      'a broken connection',
      (response) => void cut(response),
      'RESOURCE_UNREACHABLE',
      /closed the connection|broke|failed/,
    ],
    [
      'silence',
      (response) => void beginEventStream(response).write(chunkEvent({ content: 'So' })),
      'TIMEOUT',
      /stopped sending/,
    ],
    ['a flood', (response) => void flood(response), 'RESOURCE_TOO_LARGE', /more than/],
  ])('that sends %s is told as what it is', async (_, answer, code, message) => {
    const { model, run } = await play([answer], { idleMs: 300, backoffMs: 1 });
    await expect(run(createTestSession())).rejects.toEqual(fault(code, message));
    await model.idle();
  });

  it('that begins to answer is not asked again: its words are told already', async () => {
    const { model, run } = await play([(response) => void cut(response), { text: ['again'] }]);
    await expect(run(createTestSession())).rejects.toEqual(fault('RESOURCE_UNREACHABLE'));
    expect(model.requests).toHaveLength(1);
  });
});

function cut(response: Parameters<typeof beginEventStream>[0]): void {
  beginEventStream(response).write(chunkEvent({ content: 'So' }));
  setTimeout(() => response.destroy(), 30);
}

function flood(response: Parameters<typeof beginEventStream>[0]): void {
  beginEventStream(response);
  const more = () => {
    while (!response.destroyed && response.write(chunkEvent({ content: 'x'.repeat(60_000) }))) {}
  };
  response.on('drain', more);
  more();
}

describe('the budget', () => {
  it('is taken before the model is asked, and what was not used comes back', async () => {
    const { run } = await play([{ text: ['ok'], usage: { prompt: 20, completion: 2 } }]);
    const work = createTestSession({ tokens: 10_000 });
    await run(work);
    expect(work.tokensLeft).toBe(10_000 - 22);
  });

  it('is not given back by an endpoint that does not tell, or may have used it', async () => {
    for (const answer of [{ text: ['ok'] }, (response) => void cut(response)] satisfies ScriptedAnswer[]) {
      const { run } = await play([answer]);
      const work = createTestSession({ tokens: 10_000 });
      await run(work).catch(() => {});
      expect(work.tokensLeft).toBeLessThan(10_000 - 100);
    }
  });

  it('comes back whole when the request was refused, or never arrived', async () => {
    const { run } = await play([{ status: 401 }]);
    const work = createTestSession({ tokens: 10_000 });
    await expect(run(work)).rejects.toEqual(fault('FORBIDDEN'));
    const gone = await play([]);
    await gone.model.close();
    open.splice(open.indexOf(gone.model), 1);
    await expect(gone.run(work)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /refuses connections/));
    expect(work.tokensLeft).toBe(10_000);
  });

  it('ends an agent before it is overdrawn', async () => {
    const { model, run } = await play([{ text: ['ok'] }]);
    await expect(run(createTestSession({ tokens: 300 }))).rejects.toEqual(fault('TOO_COSTLY'));
    expect(model.requests).toHaveLength(0);
  });
});

describe('cancelling', () => {
  it.each<[string, ScriptedAnswer]>([
    ['before the answer', () => {}],
    ['within the answer', (response) => void beginEventStream(response).write(chunkEvent({ content: 'So' }))],
    ['between two tries', { status: 429, headers: { 'retry-after': '20' } }],
  ])('ends it within a second %s', async (_, answer) => {
    const { model, run } = await play([answer]);
    const work = createTestSession();
    const running = expect(run(work)).rejects.toEqual(fault('CANCELLED'));
    while (model.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const from = performance.now();
    work.stop.abort();
    await running;
    expect(performance.now() - from).toBeLessThan(1_000);
  });
});

describe('what the policy is asked', () => {
  const backend = litellm({
    ...unused,
    ...createTestOutgoing(),
    llm: { apiBase: 'https://llm.example/v1', model: 'own' },
  });
  const limits = { maxTokens: 1, maxTurns: 1 };

  it('is whether this endpoint and these servers may be reached', () => {
    const config = {
      ...limits,
      mcpServers: [{ serverUrl: 'https://mcp.example/x' }, { stdioCommand: ['node', 'a.js'] }],
    };
    expect(backend.requiredAccess(config).map(({ action, uri }) => `${action} ${uri?.href}`)).toEqual([
      'agent:litellm https://llm.example/v1',
      'agent:mcp https://mcp.example/x',
      expect.stringMatching(/^exec exec:\/\/\/.*node$/),
      expect.stringMatching(/^agent:mcp exec:\/\/\/.*node$/),
    ]);
    const elsewhere = { ...limits, apiBase: 'HTTP://Other.example:80/v1', model: 'm' };
    expect(backend.requiredAccess(elsewhere)[0]?.uri?.href).toBe('http://other.example/v1');
  });

  it('is nothing where the configuration names no endpoint or no model', () => {
    const without = litellm({ ...unused, ...createTestOutgoing() });
    expect(() => without.requiredAccess(limits)).toThrow(/apiBase/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'http://other.example' })).toThrow(/model/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'data:,x', model: 'm' })).toThrow(/http or https/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'http://h/?k=1', model: 'm' })).toThrow(/query/);
  });
});
