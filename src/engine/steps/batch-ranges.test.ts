import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchRange, createBatchFinder, type ListFormat } from './batch-ranges.ts';

const OPTIONS = { size: 3, maxBatches: 1_000, maxBytes: 1_000_000 };

function rangesOf(text: string, format: ListFormat, options = OPTIONS, cuts: readonly number[] = []) {
  const finder = createBatchFinder(format, options);
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.map((part) => part % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    finder.push(bytes.subarray(from, cut));
    from = cut;
  }
  return finder.end();
}

const itemsIn = (text: string, format: ListFormat, { start, end }: BatchRange): unknown => {
  const part = Buffer.from(text).subarray(start, end).toString();
  return JSON.parse(`[${format === 'list' ? part : part.split(/\s*\n\s*/).join(',')}]`);
};

const fault = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('the batches of a list', () => {
  const list = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 20 });
  const cuts = fc.array(fc.nat(2_000), { maxLength: 5 });

  it('hold its items in order, however it is written and wherever its bytes are cut', () => {
    const written = fc.constantFrom<(items: unknown[]) => [string, ListFormat]>(
      (items) => [JSON.stringify(items), 'list'],
      (items) => [`\ufeff ${JSON.stringify(items, null, 2)}\n`, 'list'],
      (items) => [JSON.stringify({ fields: ['rows', 'a'], rows: items, ragged: { rows: [9] } }), 'list'],
      (items) => [JSON.stringify({ a: { rows: [8] }, 'r"ows': [[7]], rows: items }, null, 1), 'list'],
      (items) => [`\ufeff\n${items.map((item) => JSON.stringify(item)).join('\r\n \n')}`, 'lines'],
    );
    fc.assert(
      fc.property(list, written, cuts, (items, write, at) => {
        const [text, format] = write(items);
        const ranges = rangesOf(text, format, OPTIONS, at);
        const parsed = ranges.map((range) => itemsIn(text, format, range)) as unknown[][];
        expect(parsed.flat(1)).toEqual(JSON.parse(JSON.stringify(items)));
        expect(parsed.map(({ length }) => length)).toEqual(ranges.map(({ count }) => count));
        expect(parsed.slice(0, -1).every(({ length }) => length === OPTIONS.size)).toBe(true);
      }),
    );
  });

  it.each([
    ['{"a":[1]}', /no list/],
    ['{"a":{"rows":[1]}}', /no list/],
    ['"rows"', /no list/],
    ['7', /neither/],
    ['', /no list/],
    ['[1,2', /cut off/],
    ['["a', /cut off/],
    ['[1] 2', /follows/],
    ['[1,,2]', /missing/],
    ['{"rows":[1]', /cut off/],
  ])('%s is no list', (text, message) => {
    expect(() => rangesOf(text, 'list')).toThrow(fault('BAD_INPUT', message));
  });

  it('are limited in number and size', () => {
    const limits = { size: 1, maxBatches: 2, maxBytes: 10 };
    expect(rangesOf('[1,2]', 'list', limits)).toHaveLength(2);
    expect(() => rangesOf('[1,2,3]', 'list', limits)).toThrow(fault('RESOURCE_TOO_LARGE', /at most 2 batches/));
    expect(() => rangesOf('["0123456789"]', 'list', limits)).toThrow(fault('RESOURCE_TOO_LARGE', /more than 10 bytes/));
  });
});
