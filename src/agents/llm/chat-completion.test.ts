import { afterEach, describe, expect, it } from 'vitest';
import { createTestSession } from '../../../test/support/agents/agent-session.ts';
import { closeOpened, faultWith, opened, startLitellm } from '../../../test/support/agents/litellm.ts';
import { beginEventStream, chunkEvent, type ScriptedAnswer } from '../../../test/support/agents/openai.ts';

afterEach(closeOpened);

describe('a failing endpoint', () => {
  it('is retried when it is busy or fails before it answers, up to four attempts', async () => {
    const { model, run } = await startLitellm([
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503 },
      (response) => response.destroy(),
      { text: ['at last'] },
    ]);
    const session = createTestSession();
    expect(await run(session)).toMatchObject({ text: 'at last' });
    expect(model.requests).toHaveLength(4);
    expect(session.logged.filter((line) => line.startsWith('WARN'))).toHaveLength(3);

    const failing = await startLitellm([{ status: 500, says: 'on fire' }]);
    await expect(failing.run(createTestSession())).rejects.toEqual(faultWith('UNAVAILABLE', /status 500.*on fire/));
    expect(failing.model.requests).toHaveLength(4);
  });

  it('is retried after the time in Retry-After, up to half a minute', async () => {
    const { run } = await startLitellm([{ status: 429, headers: { 'retry-after': '1' } }, { text: ['ok'] }]);
    const startedAt = performance.now();
    await run(createTestSession());
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    const tooLong = await startLitellm([{ status: 429, headers: { 'retry-after': '31' } }]);
    await expect(tooLong.run(createTestSession())).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 31_000 });
    expect(tooLong.model.requests).toHaveLength(1);
  });

  it.each([
    [400, 'BAD_INPUT'],
    [401, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
  ])('is not retried when it rejects the request (%i)', async (status, code) => {
    const { model, run } = await startLitellm([{ status, says: 'bad key sk-mine' }]);
    const session = createTestSession({ secrets: { K: 'sk-mine' } });
    await expect(run(session, { config: { apiKey: 'secret:K' } })).rejects.toEqual(
      faultWith(code, /bad key \[secret\]/),
    );
    expect(model.requests).toHaveLength(1);
  });

  it.each<[string, ScriptedAnswer, string, RegExp]>([
    [
      'garbage',
      (response) => void beginEventStream(response).end('data: {oh no\n\n'),
      'RESOURCE_UNREACHABLE',
      /not JSON.*streams OpenAI/,
    ],
    ['a page', (response) => void response.end('<html></html>'), 'RESOURCE_UNREACHABLE', /without an end/],
    ['nothing', {}, 'RESOURCE_UNREACHABLE', /empty answer/],
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
  ])('that sends %s fails with the right code', async (_, answer, code, message) => {
    const { model, run } = await startLitellm([answer], { idleMs: 300, backoffMs: 1 });
    await expect(run(createTestSession())).rejects.toEqual(faultWith(code, message));
    await model.idle();
  });

  it('is not retried once it has started to answer, because the text is already recorded', async () => {
    const { model, run } = await startLitellm([(response) => void cut(response), { text: ['again'] }]);
    await expect(run(createTestSession())).rejects.toEqual(faultWith('RESOURCE_UNREACHABLE'));
    expect(model.requests).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('is reserved before the model is asked, and the unused part is returned', async () => {
    const { run } = await startLitellm([{ text: ['ok'], usage: { prompt: 20, completion: 2 } }]);
    const session = createTestSession({ tokens: 10_000 });
    await run(session);
    expect(session.tokensLeft).toBe(10_000 - 22);
  });

  it('is not returned when the usage is unknown', async () => {
    for (const answer of [{ text: ['ok'] }, (response) => void cut(response)] satisfies ScriptedAnswer[]) {
      const { run } = await startLitellm([answer]);
      const session = createTestSession({ tokens: 10_000 });
      await run(session).catch(() => {});
      expect(session.tokensLeft).toBeLessThan(10_000 - 100);
    }
  });

  it('is returned in full when the request was rejected or never arrived', async () => {
    const { run } = await startLitellm([{ status: 401 }]);
    const session = createTestSession({ tokens: 10_000 });
    await expect(run(session)).rejects.toEqual(faultWith('FORBIDDEN'));
    const unreachable = await startLitellm([]);
    await unreachable.model.close();
    opened.splice(opened.indexOf(unreachable.model), 1);
    await expect(unreachable.run(session)).rejects.toEqual(faultWith('RESOURCE_UNREACHABLE', /refuses connections/));
    expect(session.tokensLeft).toBe(10_000);
  });

  it('ends an agent before it is exceeded', async () => {
    const { model, run } = await startLitellm([{ text: ['ok'] }]);
    await expect(run(createTestSession({ tokens: 300 }))).rejects.toEqual(faultWith('TOO_COSTLY'));
    expect(model.requests).toHaveLength(0);
  });
});

describe('cancelling', () => {
  it.each<[string, ScriptedAnswer]>([
    ['before the answer', () => {}],
    ['within the answer', (response) => void beginEventStream(response).write(chunkEvent({ content: 'So' }))],
    ['between two attempts', { status: 429, headers: { 'retry-after': '20' } }],
  ])('ends it %s', async (_, answer) => {
    const { model, run } = await startLitellm([answer]);
    const session = createTestSession();
    const running = expect(run(session)).rejects.toEqual(faultWith('CANCELLED'));
    while (model.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    session.stop.abort();
    await running;
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
