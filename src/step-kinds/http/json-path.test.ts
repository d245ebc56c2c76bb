import { describe, expect, it } from 'vitest';
import { valueAt } from './json-path.ts';

describe('a JSON path', () => {
  it.each([
    ['$', { a: 1 }, { a: 1 }],
    ['a.b[1]', { a: { b: [1, 2] } }, 2],
    [`$['x y']["@z"]`, { 'x y': { '@z': 3 } }, 3],
    ['a.length', { a: [1] }, undefined],
    ['__proto__', {}, undefined],
  ])('%s finds a value', (path, value, found) => expect(valueAt(value, path)).toEqual(found));
});
