import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { tryParseJson } from './try-parse-json.ts';

const FENCE = '```';

describe('tryParseJson', () => {
  it.each([
    ['alone', ' {"a":1}\n'],
    ['in a block', `${FENCE}json\n{"a":1}\n${FENCE}`],
    [
      'in a block without a language, with blanks and other ends of lines',
      `\n ${FENCE}  \r\n {"a":1} \r\n ${FENCE} \n`,
    ],
  ])('parses JSON %s', (_, text) => {
    expect(tryParseJson(text)).toEqual({ a: 1 });
  });

  it.each([
    ['words around it', `Here: {"a":1}`],
    ['words behind the block', `${FENCE}\n{"a":1}\n${FENCE}\nThat is it.`],
    ['no JSON in the block', `${FENCE}\nno\n${FENCE}`],
    ['nothing but the marks of a block', FENCE],
    ['half of a block', `${FENCE}json\n{"a":1}`],
  ])('returns undefined for %s', (_, text) => {
    expect(tryParseJson(text)).toBeUndefined();
  });

  it.each([
    ['blanks', `${FENCE}\n${' '.repeat(2 ** 21)}x`],
    ['ends of lines', `${FENCE}\n${'\n'.repeat(2 ** 21)}x`],
    ['marks', `${FENCE}\n${`${FENCE} `.repeat(2 ** 19)}x`],
    ['blanks in the first line', `${FENCE}${' '.repeat(2 ** 21)}x\n${FENCE}`],
  ])('takes linear time, however many %s the text has', async (_, text) => {
    // A search that goes back and forth would take hours.
    expect(await cpuMsOf(() => expect(tryParseJson(text)).toBeUndefined())).toBeLessThan(5_000);
  });
});
