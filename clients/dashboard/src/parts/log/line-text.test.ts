import { describe, expect, it } from 'vitest';
import { physicalLines, plainText, segmentsOf } from './line-text.ts';

const RED = '\u001b[1;31m';
const RESET = '\u001b[0m';
const LINK = '\u001b]8;;https://example.com\u0007';

describe('the text of a log line', () => {
  it('is split into physical lines, as a terminal shows them', () => {
    expect(physicalLines('one')).toEqual(['one']);
    expect(physicalLines('one\ntwo\r\nthree\n')).toEqual(['one', 'two', 'three']);
    expect(physicalLines('10 %\r20 %\r100 %')).toEqual(['100 %']);
  });

  it('has colors of terminals as words, and no other codes', () => {
    expect(segmentsOf(`a ${RED}b${RESET} c`, '')).toEqual([
      { text: 'a ', color: undefined, isBold: false, isMatch: false },
      { text: 'b', color: 'red', isBold: true, isMatch: false },
      { text: ' c', color: undefined, isBold: false, isMatch: false },
    ]);
    expect(plainText(`${LINK}here${RED}!\u001b[2K`)).toBe('here!');
  });

  it('marks what is found in any case, also across colors', () => {
    const marked = segmentsOf(`an ${RED}ERR${RESET}or, error`, 'error').filter(({ isMatch }) => isMatch);
    expect(marked.map(({ text }) => text)).toEqual(['ERR', 'or', 'error']);
    expect(marked[0]?.color).toBe('red');
  });

  it('finds nothing where letters only become equal when their number changes', () => {
    const found = segmentsOf('\u0130 x', 'x').filter(({ isMatch }) => isMatch);
    expect(found.map(({ text }) => text)).toEqual(['x']);
  });
});
