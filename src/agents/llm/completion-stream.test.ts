import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, wellFormed } from '../../lib/json.ts';
import { readCompletion } from './completion-stream.ts';

async function* chunks(deltas: readonly JsonObject[], usage?: JsonObject) {
  for (const delta of deltas) yield JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] });
  yield JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  if (usage) yield JSON.stringify({ choices: [], usage });
}

const ignore = { onText: () => {} };

/** The text in pieces of these lengths, cut between UTF-16 units. */
function pieces(text: string, lengths: readonly number[]): string[] {
  const cut: string[] = [];
  for (let at = 0, next = 0; at < text.length; next += 1) {
    const length = lengths[next % lengths.length] ?? 1;
    cut.push(text.slice(at, at + length));
    at += length;
  }
  return cut;
}

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const anyLengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

describe('an answer in pieces', () => {
  it('is the same however it is cut, and streams only text that the journal can store', async () => {
    const halves = fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', '\0'), minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, halves), anyLengths, async (text, lengths) => {
        const told: string[] = [];
        const deltas = pieces(text, lengths).map((content) => ({ content }));
        const answer = await readCompletion(chunks(deltas), { onText: (piece) => told.push(piece) });
        expect(answer.text).toBe(wellFormed(text));
        expect(told.join('')).toBe(answer.text);
        expect(told.filter((piece) => !piece.isWellFormed())).toEqual([]);
      }),
    );
  });

  it('has complete calls in the order of their index, even when their pieces are interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 5 }), anyLengths, async (args, lengths) => {
        const begun = args.map((_, index) => ({ index, id: `id-${index}`, function: { name: `tool${index}` } }));
        const rest = args.flatMap((text, index) =>
          pieces(text, lengths).map((piece, at) => ({ at, index, function: { arguments: piece } })),
        );
        rest.sort((one, other) => one.at - other.at || one.index - other.index);
        const deltas = [...begun, ...rest].map((call) => ({ tool_calls: [call] }));
        const { calls } = await readCompletion(chunks(deltas), ignore);
        expect(calls).toEqual(args.map((text, at) => ({ id: `id-${at}`, name: `tool${at}`, arguments: text })));
      }),
    );
  });

  it('has complete calls and ids when the endpoint sends no index and no ids', async () => {
    const whole = (id: string | undefined, name: string) => ({
      tool_calls: [{ ...(id !== undefined && { id }), function: { name, arguments: '{}' } }],
    });
    const { calls } = await readCompletion(chunks([whole('a', 'one'), whole('b', 'two')]), ignore);
    expect(calls.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ]);
    const nameless = { tool_calls: [{ index: 0, function: { name: 'one', arguments: '' } }] };
    expect((await readCompletion(chunks([nameless]), ignore)).calls).toEqual([
      { id: 'call_1', name: 'one', arguments: '' },
    ]);
  });

  it('has a usage only when the numbers are plausible', async () => {
    const used = async (usage: JsonObject) => (await readCompletion(chunks([{ content: 'a' }], usage), ignore)).usage;
    expect(await used({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 9 })).toEqual({
      ...{ promptTokens: 3, completionTokens: 4, totalTokens: 9 },
    });
    expect((await used({ prompt_tokens: 3, completion_tokens: 4 }))?.totalTokens).toBe(7);
    expect((await used({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 0 }))?.totalTokens).toBe(7);
    expect(await used({ prompt_tokens: -3, completion_tokens: 4 })).toBeUndefined();
    expect(await used({ prompt_tokens: '3', completion_tokens: 4 })).toBeUndefined();
  });

  it('fails only with a fault, whatever is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (values) => {
        async function* anything() {
          for (const value of values) {
            yield JSON.stringify(value);
            yield JSON.stringify({ choices: value });
            yield JSON.stringify({ choices: [value, { delta: value }, { delta: { tool_calls: [value] } }] });
          }
        }
        await expect(readCompletion(anything(), ignore)).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
      }),
      { numRuns: 50 },
    );
  });
});
