import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connectScripted } from '../../../test/support/agents/connect-scripted.ts';
import { type ScriptedReply, sendMessage } from '../../../test/support/agents/scripted-mcp-server.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

const look = { name: 'look', inputSchema: { type: 'object' } };
const seen = { text: 'seen', content: [{ type: 'text', text: 'seen' }] };

describe('a list of tools', () => {
  it.each<[string, JsonObject]>([
    ['a cursor that is null', { tools: [look], nextCursor: null }],
    ['a cursor that is empty', { tools: [look], nextCursor: '' }],
    ['a description that is null', { tools: [{ ...look, description: null, title: null, annotations: null }] }],
    ['an output schema of another type', { tools: [look, { ...look, name: 'rows', outputSchema: { type: 'array' } }] }],
    ['metadata that are null', { tools: [{ ...look, _meta: null }], _meta: null }],
  ])('may have %s', async (_, result) => {
    const { server, session, call } = await connectScripted({ 'tools/list': result });
    expect(await call()).toMatchObject({ tools: expect.arrayContaining(['look']), output: seen });
    expect(server.count('tools/list')).toBe(1);
    expect(session.logged).toEqual([]);
  });

  it.each<[string, Json]>([
    ['a schema without a type', { name: 'odd', inputSchema: {} }],
    ['a schema that is null', { name: 'odd', inputSchema: null }],
    ['no schema', { name: 'odd' }],
    ['a name that is a number', { name: 7, inputSchema: { type: 'object' } }],
    ['another form', 'odd'],
  ])('leaves out a tool with %s, with a warning, and has the others', async (_, odd) => {
    const { session, call } = await connectScripted({ 'tools/list': { tools: [odd, look] } });
    expect(await call()).toEqual({ tools: ['look'], output: seen });
    expect(session.logged).toEqual([expect.stringMatching(/^WARN 127.0.0.1 has a tool that is ignored, because /)]);
  });

  it('may be null instead of empty', async () => {
    const { connection } = await connectScripted({ 'tools/list': { tools: null } });
    expect(await connection.tools()).toEqual([]);
  });
});

describe('the result of a tool', () => {
  const PNG = 'iVBORw0KGgoHBwcHBwcHBwc=';
  const output = async (result: JsonObject) => {
    const { session, call } = await connectScripted({ 'tools/call': result });
    return { ...(await call()), session };
  };

  it('has structured content, and an image next to it as an artifact', async () => {
    const { output: made, session } = await output({
      content: [
        { type: 'text', text: '{"points": 2}' },
        { type: 'image', mimeType: 'image/png', data: PNG },
      ],
      structuredContent: { points: 2 },
    });
    expect([...session.artifacts.keys()]).toEqual(['look-2.png']);
    expect(made).toMatchObject({ points: 2, content: [{ type: 'image', uri: expect.stringMatching(/^artifact:/) }] });
  });

  it('keeps text that does not repeat the structured content, and drops text that does', async () => {
    const structuredContent = { city: 'Brno', points: 2 };
    for (const text of ['{"points":2,"city":"Brno"}', 'Brno', '2']) {
      expect((await output({ content: [{ type: 'text', text }], structuredContent })).output).toEqual(
        structuredContent,
      );
    }
    const advice = { type: 'text', text: 'Ask again tomorrow.' };
    expect((await output({ content: [advice], structuredContent })).output).toEqual({
      ...structuredContent,
      content: [advice],
    });
  });

  it.each<[string, JsonObject, Json]>([
    ['structured content', { content: [{ type: 'text', text: 'seen' }], structuredContent: null }, seen],
    ['a failure', { content: [{ type: 'text', text: 'seen' }], isError: null }, seen],
    ['content', { content: null, structuredContent: { points: 2 } }, { points: 2 }],
    ['content, and have nothing else', { content: null }, { text: '', content: [] }],
    [
      'metadata',
      { content: [{ type: 'text', text: 'seen', _meta: null, annotations: null }], _meta: null },
      expect.anything(),
    ],
  ])('may say null for no %s', async (_, result, made) => {
    expect((await output(result)).output).toEqual(made);
  });

  it('may be a list', async () => {
    expect((await output({ content: [], structuredContent: [1, 2] })).output).toEqual([1, 2]);
  });

  it('loses no sound part for one in invalid Base64, and warns', async () => {
    const content = [
      { type: 'image', mimeType: 'image/png', data: '%' },
      { type: 'text', text: 'seen' },
    ];
    const { output: made, session } = await output({ content });
    expect(made).toMatchObject({ text: 'seen' });
    expect(session.logged).toEqual([expect.stringMatching(/^WARN .*Base64/)]);
  });
});

describe('a session', () => {
  /** Answers a request of a known session as always, and any other one with this status. */
  const forgetting = (status: number, body: Json | undefined) => {
    let sessions = 0;
    const initialize: ScriptedReply = ({ id }, response) => {
      sessions += 1;
      response.setHeader('mcp-session-id', `session-${sessions}`);
      sendMessage(response, { id: id ?? 0, result: { protocolVersion: '2025-06-18', capabilities: {} } });
    };
    const call: ScriptedReply = ({ id }, response, http) => {
      if (http.headers['mcp-session-id'] !== 'session-2') return sendMessage(response, body ?? {}, status);
      sendMessage(response, { id: id ?? 0, result: { content: [{ type: 'text', text: 'seen' }] } });
    };
    return { initialize, 'tools/call': call };
  };

  it.each<[string, number, Json]>([
    ['404', 404, { error: { code: -32_001, message: 'Session not found' } }],
    ['400 that names the session', 400, { error: { code: -32_000, message: 'Bad Request: No valid session ID' } }],
  ])(
    'is begun again when the server has forgotten it and answers %s, and the call is sent again',
    async (_, status, body) => {
      const { server, call } = await connectScripted(forgetting(status, body));
      expect(await call()).toMatchObject({ output: seen });
      expect(server.count('initialize')).toBe(2);
      expect(server.requests.map(({ method, headers }) => [method, headers['mcp-session-id']])).toContainEqual([
        'notifications/initialized',
        'session-2',
      ]);
    },
  );

  it('that the server forgets again at once is given up', async () => {
    const initialize: ScriptedReply = ({ id }, response) => {
      response.setHeader('mcp-session-id', 'x');
      sendMessage(response, { id: id ?? 0, result: { protocolVersion: '2025-06-18' } });
    };
    const { server, call } = await connectScripted({
      initialize,
      'tools/call': (_, response) => void response.writeHead(404).end(),
    });
    await expect(call()).rejects.toMatchObject({
      code: 'RESOURCE_UNREACHABLE',
      message: expect.stringMatching(/forgets its sessions/),
    });
    expect(server.count('tools/call')).toBe(2);
  });

  it('waits for a tool that is silent, also before the headers of its response', async () => {
    const { server, call } = await connectScripted({
      'tools/call': async ({ id }, response) => {
        await setTimeout(1_500);
        sendMessage(response, { id: id ?? 0, result: { content: [{ type: 'text', text: 'seen' }] } });
      },
    });
    expect(await call()).toMatchObject({ output: seen });
    expect(server.count('tools/call')).toBe(1);
  });
});

describe('a response', () => {
  const result = { content: [{ type: 'text', text: 'seen' }] };
  it.each<[string, (id: number) => Json]>([
    ['an error that is null', (id) => ({ id, result, error: null })],
    ['its id as text', (id) => ({ id: String(id), result })],
    [
      'a batch around it',
      (id) => [
        { jsonrpc: '2.0', method: 'notifications/message' },
        { jsonrpc: '2.0', id, result },
      ],
    ],
    ['no version', (id) => [{ id, result }]],
  ])('may have %s', async (_, message) => {
    const { call } = await connectScripted({
      'tools/call': ({ id }, response) => sendMessage(response, message(id ?? 0)),
    });
    expect(await call()).toMatchObject({ output: seen });
  });

  it('may follow other messages in a stream, of which requests are answered', async () => {
    const { server, session, call } = await connectScripted({
      'tools/call': ({ id, params }, response) => {
        const { progressToken } = (params._meta ?? {}) as JsonObject;
        const messages: JsonObject[] = [
          { id: 'p', method: 'ping' },
          { method: 'notifications/progress', params: { progressToken: 'other', progress: 9, total: 10 } },
          { method: 'notifications/progress', params: { progressToken: progressToken ?? 0, progress: 1, total: 4 } },
          { id: id ?? 0, result },
        ];
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        response.write('id: 1\ndata:\n\n: wait\n\nevent: other\ndata: no\n\n');
        for (const message of messages)
          response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\r\n\r\n`);
      },
    });
    expect(await call()).toMatchObject({ output: seen });
    expect(session.payloads('STEP_PROGRESS')).toEqual([{ percent: 25 }]);
    await expect.poll(() => server.requests.at(-1)).toMatchObject({ id: 'p', result: {} });
  });

  it('may be in the rest of a stream that the server has ended, which is asked for by the last event', async () => {
    let asked: string | undefined;
    const { server, call } = await connectScripted({
      'tools/call': (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 10\nid: seven\ndata:\n\n'),
      GET: (_, response, http) => {
        asked = http.headers['last-event-id'] as string | undefined;
        const id = server.requests.findLast(({ method }) => method === 'tools/call')?.id;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
      },
    });
    expect(await call()).toMatchObject({ output: seen });
    expect(asked).toBe('seven');
  });

  it('that asks for input fails, because nobody can give it', async () => {
    const { call } = await connectScripted({ 'tools/call': { resultType: 'input_required', inputRequests: {} } });
    await expect(call()).rejects.toMatchObject({
      code: 'RESOURCE_UNREACHABLE',
      message: expect.stringMatching(/asks for input/),
    });
  });
});
