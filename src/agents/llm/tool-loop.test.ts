import { afterEach, describe, expect, it } from 'vitest';
import { createTestSession, TestPause, type TestTool } from '../../../test/support/agents/agent-session.ts';
import {
  addTool,
  asList,
  closeOpened,
  failingTool,
  faultWith,
  lastMessage,
  messagesOf,
  startLitellm,
} from '../../../test/support/agents/litellm.ts';
import type { ScriptedAnswer } from '../../../test/support/agents/openai.ts';
import { Fault } from '../../core/errors.ts';

afterEach(closeOpened);

describe('a model that calls tools', () => {
  it('makes the calls in order under the original names, and receives the results', async () => {
    const toolCalls = [
      { id: 'a', name: 'math_add', arguments: '{"a": 1, "b": 2}' },
      { id: 'b', name: 'math_add', arguments: '{"a": 40, "b": 2}' },
    ];
    const { model, run } = await startLitellm([{ text: ['Let me see.'], calls: toolCalls }, { text: ['3 and 42'] }]);
    const session = createTestSession({ tools: [addTool, failingTool] });
    const result = await run(session, { agent: { tools: ['math.add'] } });
    expect(result).toMatchObject({ text: '3 and 42', turns: 2 });
    expect(result).not.toHaveProperty('usage');
    expect(session.payloads('TOOL_CALLED').map(({ call }) => [call.tool, call.arguments])).toEqual([
      ['math.add', { a: 1, b: 2 }],
      ['math.add', { a: 40, b: 2 }],
    ]);
    expect(asList(model.requests[0]?.body.tools).map((tool) => tool.function)).toEqual([
      { name: 'math_add', description: 'Adds two numbers.', parameters: addTool.input },
    ]);
    expect(messagesOf(model, 1).slice(2)).toEqual([
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
    ['a tool that does not exist', { name: 'launch', arguments: '{}' }, /no tool launch.*math_add, breaks/],
    ['arguments that are not JSON', { name: 'math_add', arguments: '{"a":' }, /not a JSON object/],
    ['arguments that are not an object', { name: 'math_add', arguments: '[1]' }, /not a JSON object/],
  ])('receives an error for %s, and continues', async (_, call, words) => {
    const { model, run } = await startLitellm([{ calls: [call] }, { text: ['Then not.'] }]);
    const session = createTestSession({
      tools: [addTool, failingTool],
      rule: (tool) => (tool === 'math.add' ? 'deny' : 'allow'),
    });
    expect(await run(session, { agent: { tools: ['math.add', 'breaks'] } })).toMatchObject({ text: 'Then not.' });
    expect(lastMessage(model)).toMatchObject({ role: 'tool', content: expect.stringMatching(words) });
  });

  it('receives the beginning of a large result, with a note about the rest', async () => {
    const huge: TestTool = { ...addTool, name: 'huge', run: () => 'ü'.repeat(40_000) };
    const { model, run } = await startLitellm([{ calls: [{ name: 'huge', arguments: '{}' }] }, { text: ['ok'] }]);
    await run(createTestSession({ tools: [huge] }), { agent: { tools: ['huge'] } });
    const { content } = lastMessage(model);
    expect(Buffer.byteLength(String(content))).toBeLessThan(33_000);
    expect(content).toMatch(/^ü+\n\[cut: the first 32768 of 80000 bytes\]$/);
  });

  it('is stopped after the maximum of turns, without its last calls', async () => {
    const { model, run } = await startLitellm([{ calls: [{ name: 'math_add', arguments: '{"a":1,"b":1}' }] }]);
    const session = createTestSession({ tools: [addTool] });
    const config = { maxTurns: 3 };
    await expect(run(session, { config, agent: { tools: ['math.add'] } })).rejects.toEqual(
      faultWith('TOO_COSTLY', /3 turns/),
    );
    expect(model.requests).toHaveLength(3);
    expect(session.payloads('TOOL_CALLED')).toHaveLength(2);
  });

  it('is not asked when its agent names an unknown tool', async () => {
    const { model, run } = await startLitellm([{ text: ['ok'] }]);
    const answer = run(createTestSession({ tools: [addTool] }), { agent: { tools: ['math.add', 'math.sub'] } });
    await expect(answer).rejects.toEqual(faultWith('BAD_INPUT', /math\.sub/));
    expect(model.requests).toHaveLength(0);
  });
});

describe('an agent that resumes after a pause', () => {
  const script: ScriptedAnswer[] = [
    { calls: [{ id: 'a', name: 'math_add', arguments: '{"a":1,"b":2}' }] },
    { calls: [{ id: 'b', name: 'math_add', arguments: '{"a":3,"b":4}' }] },
    { text: ['done'] },
  ];

  it('repeats no turn and no call, and ends with the same conversation', async () => {
    const { model, run } = await startLitellm(script);
    let callCount = 0;
    const counted: TestTool = { ...addTool, run: (args) => [callCount++, addTool.run(args)][1] ?? null };
    const options = { tools: [counted] };
    const agent = { tools: ['math.add'] };
    const paused = createTestSession({ ...options, rule: (_, { a }) => (a === 3 ? 'pause' : 'allow') });
    await expect(run(paused, { agent })).rejects.toBeInstanceOf(TestPause);
    expect([model.requests.length, callCount]).toEqual([2, 1]);

    const resumed = createTestSession({ ...options, history: paused.events });
    expect(await run(resumed, { agent })).toMatchObject({ text: 'done', turns: 3 });
    expect([model.requests.length, callCount]).toEqual([3, 2]);

    const whole = await startLitellm(script);
    await whole.run(createTestSession(options), { agent });
    expect(model.requests[2]?.body).toEqual(whole.model.requests[2]?.body);
  });

  it('rethrows errors that are not faults, and CANCELLED', async () => {
    const { run } = await startLitellm(script);
    for (const thrown of [new TestPause('later'), new Fault('CANCELLED', 'no more')]) {
      const throwing: TestTool = { ...addTool, run: () => Promise.reject(thrown) };
      await expect(run(createTestSession({ tools: [throwing] }), { agent: { tools: ['math.add'] } })).rejects.toBe(
        thrown,
      );
    }
  });
});
