import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestSession, type TestTool } from '../../../test/support/agents/agent-session.ts';
import { closeOpened, lastMessage, startLitellm } from '../../../test/support/agents/litellm.ts';
import { beginEventStream, chunkEvent, serverSentEvent } from '../../../test/support/agents/openai.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { toolCallAccumulator } from './tool-call-pieces.ts';

afterEach(closeOpened);

const tool = (name: string): TestTool => ({
  ...{ name, description: name, input: { type: 'object', properties: { n: { type: 'number' } } } },
  run: () => 'fine',
});

/** What a model's tools are called with when its stream has these pieces of calls, and what the model is told last. */
async function calledWith(pieces: readonly Json[], finish = 'tool_calls') {
  const { model, run } = await startLitellm([
    (response) => {
      beginEventStream(response);
      for (const piece of pieces) response.write(chunkEvent({ tool_calls: [piece] }));
      response.end(chunkEvent({}, finish) + serverSentEvent('[DONE]'));
    },
    { text: ['done'] },
  ]);
  const session = createTestSession({ tools: [tool('open'), tool('close')] });
  await run(session, { agent: { tools: ['open', 'close'] } });
  expect(model.requests).toHaveLength(2);
  const called = session.payloads('TOOL_CALLED').map(({ call }) => [call.tool, call.arguments]);
  return { called, told: String(lastMessage(model).content) };
}

const begins = (id: string | undefined, name: string, args: Json = '', index: number | undefined = 0): JsonObject => ({
  ...(index !== undefined && { index }),
  ...(id !== undefined && { id }),
  type: 'function',
  function: { name, arguments: args },
});
const continues = (args: Json, id?: string): JsonObject => ({
  ...{ index: 0, function: { arguments: args } },
  ...(id !== undefined && { id }),
});

describe('the pieces of a tool call', () => {
  it.each<[string, readonly Json[], readonly (readonly [string, JsonObject])[]]>([
    [
      'belong to another call when a new id comes with a name, although the index is the same',
      [begins('c-1', 'open', '{"n":1}'), begins('c-2', 'close', '{"n":2}')],
      [
        ['open', { n: 1 }],
        ['close', { n: 2 }],
      ],
    ],
    [
      'belong to another call of the same tool when a new id comes with the name',
      [begins('c-1', 'open', '{"n":1}'), begins('c-2', 'open'), continues('{"n":'), continues('2}')],
      [
        ['open', { n: 1 }],
        ['open', { n: 2 }],
      ],
    ],
    [
      'belong to another call when a name follows complete arguments, although ids are missing',
      [begins(undefined, 'open', '{"n":1}'), begins(undefined, 'close', '{"n":2}'), begins('', 'open', '{"n":3}')],
      [
        ['open', { n: 1 }],
        ['close', { n: 2 }],
        ['open', { n: 3 }],
      ],
    ],
    [
      'belong to another call when a name follows complete arguments, although ids and indexes are missing',
      [begins(undefined, 'open', '{"n":1}', undefined), begins(undefined, 'close', '{"n":2}', undefined)],
      [
        ['open', { n: 1 }],
        ['close', { n: 2 }],
      ],
    ],
    [
      'belong to the same call when each has another id and no name',
      [begins('p-1', 'open'), continues('{"n":', 'p-2'), continues('3}', 'p-3')],
      [['open', { n: 3 }]],
    ],
    [
      'belong to the same call when each repeats its id and name',
      [begins('c-1', 'open', '{"n"'), begins('c-1', 'open', ':3'), begins('c-1', 'open', '}'), begins('c-1', 'open')],
      [['open', { n: 3 }]],
    ],
    [
      'belong to the same call when each repeats its name, also where a text in the arguments looks like their end',
      [begins(undefined, 'open', '{"s":"{}'), begins(undefined, 'open', '{}"}')],
      [['open', { s: '{}{}' }]],
    ],
    ['may come without a function', [begins('c-1', 'open', '{"n":4}'), { index: 0 }], [['open', { n: 4 }]]],
    [
      'may be null, or have null in each place',
      [null, begins('c-1', 'open', '{"n":4}'), { index: 0, id: null, function: null }, continues(null)],
      [['open', { n: 4 }]],
    ],
    [
      'may bring the id before the function',
      [
        { index: 0, id: 'c-1', type: 'function' },
        { index: 0, function: { name: 'open', arguments: '{"n":4}' } },
      ],
      [['open', { n: 4 }]],
    ],
    ['may bring the arguments as an object', [begins('c-1', 'open', { n: 5 })], [['open', { n: 5 }]]],
    [
      'may begin with an empty object, which is replaced by the arguments',
      [begins('c-1', 'open', {}), continues('{"n":'), continues('5}')],
      [['open', { n: 5 }]],
    ],
    ['may bring no arguments for a tool that needs none', [begins('c-1', 'open')], [['open', {}]]],
  ])('%s', async (_, pieces, calls) => {
    expect((await calledWith(pieces)).called).toEqual(calls);
  });

  it.each<[string, readonly Json[], string]>([
    ['arguments of another type', [begins('c-1', 'open', [5])], 'tool_calls'],
    ['arguments in two forms', [begins('c-1', 'open', { n: 5 }), continues('{"n":6}')], 'tool_calls'],
    ['arguments that were truncated', [begins('c-1', 'open', '{"n":')], 'length'],
    ['arguments that were truncated before their beginning', [begins('c-1', 'open')], 'length'],
  ])('make no call with %s, and the model is told', async (_, pieces, finish) => {
    const { called, told } = await calledWith(pieces, finish);
    expect(called).toEqual([]);
    expect(told).toMatch(/Error BAD_INPUT: the arguments are not a JSON object/);
  });

  it('make the same calls wherever their arguments are cut, and whichever of id, index and name is repeated', () => {
    const anyArguments = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 });
    const anyCall = fc.record({ name: fc.constantFrom('open', 'close'), args: anyArguments });
    const style = fc.record({
      ids: fc.constantFrom('first', 'each', 'none'),
      names: fc.constantFrom('first', 'each'),
      indexes: fc.constantFrom('right', 'zero', 'none'),
      cut: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 4 }), style, (calls, { ids, names, indexes, cut }) => {
        const all = toolCallAccumulator();
        calls.forEach(({ name, args }, at) => {
          const pieces = JSON.stringify(args).match(new RegExp(`[^]{1,${cut}}`, 'g')) ?? [];
          pieces.forEach((piece, part) => {
            const isFirst = part === 0;
            all.add({
              ...((ids === 'each' || (ids === 'first' && isFirst)) && { id: `id-${at}` }),
              ...(indexes !== 'none' && { index: indexes === 'zero' ? 0 : at }),
              function: { ...((names === 'each' || isFirst) && { name }), arguments: piece },
            });
          });
        });
        expect(all.end().map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) }))).toEqual(
          calls.map(({ name, args }) => ({ name, args: JSON.parse(JSON.stringify(args)) })),
        );
      }),
    );
  });
});
