import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBm25Index, tokenize } from './bm25.ts';

const word = fc.constantFrom('ship', 'crane', 'buoy', 'rope', 'tide');
const documents = fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 12 });

describe('BM25', () => {
  it('finds exactly the documents that contain a word, each once', () => {
    fc.assert(
      fc.property(documents, fc.array(word, { minLength: 1, maxLength: 3 }), (all, words) => {
        const having = all.flatMap((document, at) => (words.some((one) => document.includes(one)) ? [at] : []));
        expect([...createBm25Index(all).rank(words, 100)].sort((a, b) => a - b)).toEqual(having);
      }),
    );
  });

  it('ranks more occurrences, shorter documents and rarer words first', () => {
    const rank = (all: readonly string[], query: string) =>
      createBm25Index(all.map(tokenize)).rank(tokenize(query), 10);
    expect(rank(['ship rope', 'ship ship'], 'ship')).toEqual([1, 0]);
    expect(rank(['ship rope tide buoy', 'ship'], 'ship')).toEqual([1, 0]);
    expect(rank(['ship rope', 'ship crane', 'ship rope'], 'rope crane')[0]).toBe(1);
    expect(createBm25Index([['a'], ['a'], ['a']]).rank(['a'], 2)).toEqual([0, 1]);
  });
});

describe('words', () => {
  it('are found in identifiers as well as in sentences', () => {
    expect(tokenize('convertToCsv, read_json: Größe ½-fach')).toEqual([
      ...['convert', 'to', 'csv', 'read', 'json', 'größe', 'fach'],
    ]);
  });
});
