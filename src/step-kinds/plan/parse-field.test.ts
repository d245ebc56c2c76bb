import { describe, expect, it } from 'vitest';
import { parseField } from './parse-field.ts';

describe('parseField', () => {
  it.each([
    [
      'price: number required >= 0 (in euro)',
      { name: 'price', type: 'number', required: true, minimum: 0, description: 'in euro' },
    ],
    ['title: string up to 120', { name: 'title', type: 'string', required: false, max_length: 120 }],
    ['Rating: integer >= 1 <= 5', { name: 'Rating', type: 'integer', required: false, minimum: 1, maximum: 5 }],
    [
      'state: one of In review, done',
      { name: 'state', type: 'choice', required: false, choices: ['in_review', 'done'] },
    ],
    ['state: one of a, b required', { name: 'state', type: 'choice', required: true, choices: ['a', 'b'] }],
    ['due on : date', { name: 'due on', type: 'date', required: false }],
  ])('reads %s', (text, field) => {
    expect(parseField(text)).toEqual(field);
  });

  it.each(['It must be fast', 'note: answers within a second', 'state: one of', 'a: one of (x)', ': string'])(
    'leaves %j as a sentence',
    (text) => {
      expect(parseField(text)).toBeUndefined();
    },
  );
});
