import { afterEach, describe, expect, it } from 'vitest';
import { createTestAgent, createTestOutgoing } from '../../test/support/agents/agent.ts';
import { createTestSession } from '../../test/support/agents/agent-session.ts';
import {
  addTool,
  asList,
  closeOpened,
  faultWith,
  lastMessage,
  messagesOf,
  opened,
  startLitellm,
  UNUSED_MCP_DEPS,
} from '../../test/support/agents/litellm.ts';
import { startTestMcpServer } from '../../test/support/agents/mcp-server.ts';
import { beginEventStream, chunkEvent, serverSentEvent } from '../../test/support/agents/openai.ts';
import type { JsonObject } from '../lib/json.ts';
import { litellm } from './litellm.ts';

afterEach(closeOpened);

describe('a model that answers', () => {
  it('receives role, goal, context and memory, and returns text, its JSON, and the usage', async () => {
    const { model, run } = await startLitellm([
      { text: ['{"pr', 'ice": ', '7}'], usage: { prompt: 11, completion: 5 } },
    ]);
    const session = createTestSession();
    const agent = { context: { item: 'Brötchen' }, memory: 'They like rye.' };
    expect(await run(session, { agent, config: { temperature: 0.5 } })).toEqual({
      ...{ text: '{"price": 7}', json: { price: 7 }, turns: 1 },
      usage: { prompt_tokens: 11, completion_tokens: 5 },
    });
    const [request] = model.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.body).toMatchObject({ model: 'small', max_tokens: 100, temperature: 0.5, stream: true });
    const [system, user = {}] = messagesOf(model, 0);
    expect(system).toEqual({ role: 'system', content: 'You are terse.' });
    expect(user.content).toMatch(/Say it\.[\s\S]*"item":"Brötchen"[\s\S]*They like rye\./);
    expect(session.streamedText).toBe('{"price": 7}');
    expect(session.payloads('AGENT_MESSAGE').map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
  });

  it('receives nothing about this machine, and no key but its own', async () => {
    const key = { reveal: () => Buffer.from('sk-server') };
    const elsewhere = { apiBase: 'https://llm.example/v1', model: 'own', apiKey: key };
    const { model, run } = await startLitellm([{ text: ['ok'] }], { llm: elsewhere });
    const server = { apiBase: model.url, model: 'own', apiKey: key };
    const { outgoing, canonicalize } = createTestOutgoing(model.endpoint);
    opened.push(outgoing);
    const backend = litellm({ ...UNUSED_MCP_DEPS, outgoing, canonicalize, llm: server });
    const session = createTestSession({ secrets: { MINE: 'sk-mine' } });

    await backend.run(createTestAgent({ maxTokens: 9, maxTurns: 1 }), session);
    await run(session);
    await run(session, { config: { apiKey: 'secret:MINE' } });

    expect(model.requests.map(({ headers }) => headers.authorization)).toEqual([
      ...['Bearer sk-server', undefined, 'Bearer sk-mine'],
    ]);
    expect(model.requests[0]?.body.model).toBe('own');
    expect(Object.keys(model.requests[0]?.headers ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
    expect(session.authorized).toEqual([`secret:MINE ${model.url}`]);
  });
});

describe('the end of an answer', () => {
  it('is logged when the answer is truncated, and a failure when a content filter stopped it', async () => {
    const { run } = await startLitellm([
      { text: ['So'], finish: 'length' },
      { text: ['So'], finish: 'content_filter' },
    ]);
    const session = createTestSession();
    expect(await run(session)).toMatchObject({ text: 'So' });
    expect(session.logged).toEqual([expect.stringMatching(/^WARN .*100 tokens.*maxTokens/)]);
    await expect(run(createTestSession())).rejects.toEqual(faultWith('BAD_INPUT', /content filter/));
  });

  it('completes the answer although the endpoint keeps the connection open', async () => {
    const said = chunkEvent({ content: 'So' }) + chunkEvent({}, 'stop') + serverSentEvent('[DONE]');
    const { model, run } = await startLitellm([(response) => void beginEventStream(response).write(said)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'So' });
    await model.idle();
  });
});

describe('a model with MCP servers', () => {
  it('calls their tools like those of this server, under the policy, and closes the session', async () => {
    const server = await startTestMcpServer();
    opened.push(server);
    const script = [{ calls: [{ name: 'shout', arguments: '{"text":"hey"}' }] }, { text: ['HEY it is'] }];
    const { model, run } = await startLitellm(script, {}, server.endpoint);
    const session = createTestSession({ tools: [addTool] });
    const config = { mcpServers: [{ serverUrl: server.url }] };
    expect(await run(session, { config, agent: { tools: ['math.add', 'shout'] } })).toMatchObject({
      text: 'HEY it is',
    });
    expect(asList(model.requests[0]?.body.tools).map((tool) => (tool.function as JsonObject).name)).toEqual([
      ...['math_add', 'shout'],
    ]);
    expect(session.authorized).toContain(`tool:shout ${server.url}`);
    expect(lastMessage(model).content).toContain('HEY');
    expect(server.sessions()).toBe(0);

    await run(createTestSession(), { config });
    expect(asList(model.requests.at(-1)?.body.tools)).toHaveLength(2);
  });
});

describe('required access', () => {
  const backend = litellm({
    ...UNUSED_MCP_DEPS,
    ...createTestOutgoing(),
    llm: { apiBase: 'https://llm.example/v1', model: 'own' },
  });
  const limits = { maxTokens: 1, maxTurns: 1 };

  it('names the endpoint and the MCP servers', () => {
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

  it('is a fault when the configuration lacks an endpoint or a model', () => {
    const without = litellm({ ...UNUSED_MCP_DEPS, ...createTestOutgoing() });
    expect(() => without.requiredAccess(limits)).toThrow(/apiBase/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'http://other.example' })).toThrow(/model/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'data:,x', model: 'm' })).toThrow(/http or https/);
    expect(() => backend.requiredAccess({ ...limits, apiBase: 'http://h/?k=1', model: 'm' })).toThrow(/query/);
  });
});
