import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestSession, type TestTool } from '../../../test/support/agents/agent-session.ts';
import { closeOpened, faultWith, lastMessage, messagesOf, startLitellm } from '../../../test/support/agents/litellm.ts';
import {
  beginEventStream,
  chunkEvent,
  type ScriptedAnswer,
  serverSentEvent,
} from '../../../test/support/agents/openai.ts';
import type { JsonObject } from '../../lib/json.ts';

afterEach(closeOpened);

const DONE = serverSentEvent('[DONE]');
/** Sends this text as a stream of events. */
const stream =
  (...events: string[]): ScriptedAnswer =>
  (response: ServerResponse) =>
    void beginEventStream(response).end(events.join(''));
const said = (content: string, finish: string | null = null) => chunkEvent({ content }, finish);
const END = chunkEvent({}, 'stop') + DONE;

describe('the end of a stream', () => {
  it('is [DONE], although no reason was given', async () => {
    const { run } = await startLitellm([stream(said('whole'), DONE)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'whole' });
  });

  it('is [DONE], although no blank line follows, or blanks surround it', async () => {
    for (const end of ['data:[DONE]', 'data: [DONE] \n\n', 'data: [DONE]\r\n\r\n']) {
      const { run } = await startLitellm([stream(said('whole'), end)]);
      expect(await run(createTestSession())).toMatchObject({ text: 'whole' });
    }
  });

  it('is a reason, although no [DONE] follows, or the connection breaks after it', async () => {
    const { run } = await startLitellm([stream(said('whole'), chunkEvent({}, 'stop'))]);
    expect(await run(createTestSession())).toMatchObject({ text: 'whole' });
    const cut: ScriptedAnswer = (response) =>
      beginEventStream(response).write(said('whole', 'stop'), () => setTimeout(() => response.destroy(), 30));
    const broken = await startLitellm([cut as ScriptedAnswer]);
    expect(await broken.run(createTestSession())).toMatchObject({ text: 'whole' });
    expect(broken.model.requests).toHaveLength(1);
  });

  it.each([
    ['no reason', said('The sum of the first half')],
    ['an empty reason', said('The sum of the first half', '')],
    ['half an event', `${said('The sum of')}data: {"choices":[{"index":0,"delta":{"content":" the`],
    [
      'half a tool call',
      chunkEvent({ tool_calls: [{ index: 0, id: 'a', function: { name: 'open', arguments: '{' } }] }),
    ],
    ['a thought', chunkEvent({ reasoning_content: 'First' })],
  ])('is missing after %s, so the answer fails and is not asked for again', async (_, events) => {
    const { model, run } = await startLitellm([stream(events)]);
    await expect(run(createTestSession())).rejects.toEqual(faultWith('RESOURCE_UNREACHABLE'));
    expect(model.requests).toHaveLength(1);
  });

  it('is that of the body when the endpoint does not stream', async () => {
    const message = { role: 'assistant', content: 'whole' };
    const { run } = await startLitellm([
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] })),
    ]);
    expect(await run(createTestSession())).toMatchObject({ text: 'whole' });
  });
});

describe('a stream', () => {
  it.each([
    ['an event without data', 'data:\n\n'],
    ['an event with a name and no data', 'event: keepalive\n\n'],
    ['a comment', ': waiting\n\n'],
    ['a time to reconnect, and an id', 'retry: 3000\nid: 7\n\n'],
    ['a chunk without choices', serverSentEvent({ choices: null })],
    ['a chunk with an empty list of calls', chunkEvent({ content: null, tool_calls: null })],
    ['an empty error', serverSentEvent({ error: null, choices: [] })],
    ['a chunk of another choice', serverSentEvent({ choices: [{ index: 1, delta: { content: 'no' } }] })],
    ['a thought', chunkEvent({ content: '', reasoning_content: 'Hm.' })],
  ])('may contain %s, which adds nothing', async (_, event) => {
    const { model, run } = await startLitellm([stream(event, said('two '), event, said('words'), event, END)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'two words' });
    expect(model.requests).toHaveLength(1);
  });

  it('may begin with a byte order mark, end lines with CR, and spread an event over lines of data', async () => {
    const lines = said('words', 'stop').replace('"choices"', '\ndata: "choices"').replaceAll('\n', '\r');
    const { run } = await startLitellm([stream('\ufeff', lines)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'words' });
  });

  it('may send text in parts, of which thoughts are not text', async () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'text', text: 'words' },
    ];
    const { run } = await startLitellm([stream(chunkEvent({ content: parts }), END)]);
    expect(await run(createTestSession())).toMatchObject({ text: 'words' });
  });

  it('may contain an error, in any of the forms in use, whose reason is told', async () => {
    for (const error of [{ error: { message: 'boom' } }, { error: 'boom' }, { object: 'error', message: 'boom' }]) {
      const { run } = await startLitellm([stream(said('So'), serverSentEvent(error))]);
      await expect(run(createTestSession())).rejects.toEqual(faultWith('UNAVAILABLE', /boom/));
    }
  });
});

describe('thoughts in the text', () => {
  const answer = async (text: string) => {
    const { run } = await startLitellm([stream(said(text), END)]);
    return await run(createTestSession());
  };

  it('are not part of the JSON after them', async () => {
    const text = '<think>\nSum of {2, 3}?\n</think>\n{"sum": 5}';
    expect(await answer(text)).toMatchObject({ text, json: { sum: 5 } });
    expect(await answer('<thinking>Sum?</thinking>\n```json\n{"sum": 5}\n```')).toMatchObject({ json: { sum: 5 } });
    expect(await answer('Sum of {2, 3}?\n</think>\n\n{"sum": 5}')).toMatchObject({ json: { sum: 5 } });
  });

  it('are neither text in the JSON, nor in the middle of an answer', async () => {
    const json = { tag: '<think>a</think>{"sum": 5}' };
    expect(await answer(JSON.stringify(json))).toMatchObject({ json });
    expect(await answer('It is <think>5?</think>{"sum": 5}')).not.toHaveProperty('json');
    expect(await answer('<think>null?</think>null')).toMatchObject({ json: null });
  });
});

describe('an empty answer', () => {
  const open: TestTool = { name: 'open', description: 'open', input: { type: 'object' }, run: () => 'fine' };

  it('is an answer after tools did the work', async () => {
    const call = { id: 'a', name: 'open', arguments: '{"n":8}' };
    const { model, run } = await startLitellm([{ calls: [call] }, stream(said(''), END)]);
    const session = createTestSession({ tools: [open] });
    expect(await run(session, { agent: { tools: ['open'] } })).toMatchObject({ text: '', turns: 2 });
    expect(model.requests).toHaveLength(2);
  });

  it('says to raise maxTokens, after one request, when thoughts used all of them', async () => {
    const thought = chunkEvent({ content: '', reasoning_content: 'First' });
    const { model, run } = await startLitellm([stream(thought, chunkEvent({}, 'length'), DONE)]);
    await expect(run(createTestSession())).rejects.toEqual(faultWith('TOO_COSTLY', /100 tokens.*maxTokens/));
    expect(model.requests).toHaveLength(1);
  });
});

describe('a request', () => {
  const refuse =
    (field: string, body: JsonObject, status = 400): ScriptedAnswer =>
    (response) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ...body, field }));

  it('names the limit as the endpoint wants it, for the rest of the run', async () => {
    const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    const { model, run } = await startLitellm([
      refuse('max_tokens', { error: { message, param: 'max_tokens' } }),
      { calls: [{ id: 'a', name: 'nothing', arguments: '{}' }] },
      { text: ['word'] },
    ]);
    const session = createTestSession({ tokens: 10_000 });
    expect(await run(session)).toMatchObject({ text: 'word' });
    expect(model.requests.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [100, undefined],
      [undefined, 100],
      [undefined, 100],
    ]);
    expect(session.logged.filter((line) => line.startsWith('WARN'))).toEqual([]);
  });

  it('does without the report of the usage where the endpoint does not know it', async () => {
    const detail = [{ loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }];
    const { model, run } = await startLitellm([refuse('x', { detail }, 422), { text: ['word'] }]);
    expect(await run(createTestSession())).toMatchObject({ text: 'word' });
    expect(model.requests[1]?.body).not.toHaveProperty('stream_options');
  });

  it('that is refused for another reason is sent once, and the reason is told', async () => {
    const explanations: [JsonObject, RegExp][] = [
      [{ error: { message: 'max_tokens is too large: at most 50.' } }, /at most 50/],
      [{ detail: [{ loc: ['body', 'temperature'], msg: 'too hot' }] }, /body\.temperature: too hot/],
      [{ message: 'no such model' }, /no such model/],
    ];
    for (const [body, reason] of explanations) {
      const { model, run } = await startLitellm([refuse('x', body)]);
      await expect(run(createTestSession())).rejects.toEqual(faultWith('BAD_INPUT', reason));
      expect(model.requests).toHaveLength(1);
    }
  });

  it('describes a tool without parameters by an empty list of them, and only with whole characters', async () => {
    const bare: TestTool = {
      ...{ name: 'bare', description: `${'x'.repeat(1_023)}😀`, input: { type: 'object' } },
      run: () => 'ok',
    };
    const { model, run } = await startLitellm([{ text: ['ok'] }]);
    await run(createTestSession({ tools: [bare] }), { agent: { tools: ['bare'] } });
    expect(model.requests[0]?.body.tools).toMatchObject([
      { function: { description: `${'x'.repeat(1_023)}\ufffd`, parameters: { type: 'object', properties: {} } } },
    ]);
  });

  it('answers each call of a turn by an id that no other call has', async () => {
    const piece = (index: number) => ({ index, id: 'same', function: { name: 'nothing', arguments: '{}' } });
    const { model, run } = await startLitellm([
      stream(chunkEvent({ tool_calls: [piece(0), piece(1)] }), chunkEvent({}, 'tool_calls'), DONE),
      { text: ['ok'] },
    ]);
    await run(createTestSession());
    expect(messagesOf(model, 1).flatMap(({ tool_call_id: id }) => id ?? [])).toEqual(['same', 'call_2']);
    expect(lastMessage(model).content).toMatch(/no tool nothing/);
  });
});
