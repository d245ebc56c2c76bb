import { afterEach, describe, expect, it } from 'vitest';
import { createTestOutgoing } from '../../../test/support/agents/agent.ts';
import { createTestSession } from '../../../test/support/agents/agent-session.ts';
import { type ScriptedAnswer, startFakeOpenai } from '../../../test/support/agents/openai.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createLanguageModel } from './language-model.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function play(script: readonly ScriptedAnswer[]) {
  const server = await startFakeOpenai(script);
  const out = createTestOutgoing(server.endpoint);
  open.push(out.outgoing, server);
  const model = createLanguageModel({ ...out, apiBase: server.url, model: 'own', backoffMs: 10 });
  return { server, model };
}

const schema: JsonObject = {
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: { steps: { type: 'array', items: { type: 'string' } } },
};
const question = { system: 'Plan.', user: 'A house.', maxTokens: 50 };

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe("the server's language model", () => {
  it('answers as a turn of the step', async () => {
    const { server, model } = await play([{ text: ['A ', 'roof.'], usage: { prompt: 4, completion: 2 } }]);
    const session = createTestSession({ tokens: 5_000 });
    expect(await model.answer(session, question)).toBe('A roof.');
    expect(server.requests[0]?.body).toMatchObject({
      ...{ model: 'own', max_tokens: 50 },
      messages: [
        { role: 'system', content: 'Plan.' },
        { role: 'user', content: 'A house.' },
      ],
    });
    expect(server.requests[0]?.body).not.toHaveProperty('response_format');
    expect([session.streamedText, session.tokensLeft]).toEqual(['A roof.', 4_994]);
    expect(await model.answer(createTestSession({ history: session.events }), question)).toBe('A roof.');
    expect(server.requests).toHaveLength(1);
  });

  it('answers with JSON that fits, without the text around it', async () => {
    const { server, model } = await play([{ text: ['```json\n{"steps": ["dig"]}\n```'] }]);
    expect(await model.answer(createTestSession(), { ...question, schema })).toBe('{"steps":["dig"]}');
    expect(server.requests[0]?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    });
  });

  it('is asked once more, with the reason, when its answer does not fit', async () => {
    const { server, model } = await play([{ text: ['{"steps": "dig"}'] }, { text: ['{"steps": ["dig"]}'] }]);
    const session = createTestSession();
    expect(await model.answer(session, { ...question, schema })).toBe('{"steps":["dig"]}');
    const messages = server.requests[1]?.body.messages as readonly JsonObject[] | undefined;
    expect(messages?.slice(2)).toEqual([
      { role: 'assistant', content: '{"steps": "dig"}' },
      { role: 'user', content: expect.stringContaining('/steps must be array') },
    ]);
    expect(session.payloads('AGENT_MESSAGE').map(({ role }) => role)).toEqual([
      ...['system', 'user', 'assistant', 'user', 'assistant'],
    ]);
    expect(await model.answer(createTestSession({ history: session.events }), { ...question, schema })).toBe(
      '{"steps":["dig"]}',
    );
    expect(server.requests).toHaveLength(2);
  });

  it.each([['no JSON at all'], ['{"steps": [1]}']])('fails when it does not fit twice: %s', async (text) => {
    const { server, model } = await play([{ text: [text] }]);
    const asked = model.answer(createTestSession(), { ...question, schema });
    await expect(asked).rejects.toEqual(fault('SCHEMA_VIOLATION', /asked twice/));
    expect(server.requests).toHaveLength(2);
  });

  it('is asked without a response format once its endpoint has rejected one', async () => {
    const fits = { text: ['{"steps": []}'] };
    const { server, model } = await play([{ status: 400, says: 'response_format?' }, fits]);
    const session = createTestSession();
    for (let times = 0; times < 2; times += 1) await model.answer(session, { ...question, schema });
    expect(server.requests.map(({ body }) => 'response_format' in body)).toEqual([true, false, false]);
  });

  it('does not answer beyond the budget, nor after cancellation', async () => {
    const { server, model } = await play([() => {}]);
    await expect(model.answer(createTestSession({ tokens: 100 }), question)).rejects.toEqual(fault('TOO_COSTLY'));
    const session = createTestSession();
    setTimeout(() => session.stop.abort(), 50);
    await expect(model.answer(session, question)).rejects.toEqual(fault('CANCELLED'));
    await server.idle();
  });
});
