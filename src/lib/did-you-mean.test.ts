import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

describe('didYouMean', () => {
  it.each([
    ['fetsch', ['render', 'fetch'], ' Did you mean fetch?'],
    ['CONVERTTOJSON', ['convertToCsv', 'convertToJson'], ' Did you mean convertToJson?'],
    ['stpes', ['state', 'steps'], ' Did you mean steps?'],
    ['timeout', ['title', 'timeout_ms'], ' Did you mean timeout_ms?'],
    ['a', ['b'], ' Did you mean b?'],
    ['completely', ['other'], ''],
    ['x'.repeat(200), ['x'.repeat(199)], ''],
    ['a', [], ''],
  ])('for %s of %j', (name, names, text) => {
    expect(didYouMean(name, names)).toBe(text);
  });
});
