import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';
import { type ComparedStep, pairsOf } from './compare-steps.ts';

describe('the changes between two JSON values', () => {
  it('are where they differ, with both values', () => {
    const a = { source: { uri: 'file:///a.csv' }, rows: [1, 2], kept: { deep: [null] } };
    const b = { source: { uri: 'file:///b.csv' }, rows: [1, 3, 4], kept: { deep: [null] }, mode: 'AUTO' };
    expect(changesOf(a, b)).toEqual([
      { path: 'source.uri', a: 'file:///a.csv', b: 'file:///b.csv' },
      { path: 'rows[1]', a: 2, b: 3 },
      { path: 'rows[2]', a: undefined, b: 4 },
      { path: 'mode', a: undefined, b: 'AUTO' },
    ]);
  });

  it.each([
    [null, null, 0],
    [{}, [], 1],
    [null, {}, 1],
    ['1', 1, 1],
  ])('of %j and %j are %i', (a, b, count) => expect(changesOf(a, b)).toHaveLength(count));

  it('are limited', () => {
    expect(changesOf(Array(1_000).fill(1), Array(1_000).fill(2), 7)).toHaveLength(7);
  });
});

describe('the steps of two runs', () => {
  const step = (key: string, digest?: string, state: ComparedStep['state'] = 'SUCCEEDED') =>
    ({ key, state, error: null, resource: digest ? { digest } : null }) as unknown as ComparedStep;

  it('are paired by key, and differ by state and output, not by duration', () => {
    const pairs = pairsOf(
      [step('a', '1'), step('b', '1'), step('c', '1'), step('gone')],
      [step('a', '1'), step('b', '2'), step('c', undefined, 'FAILED_FATAL'), step('added')],
    );
    expect(pairs.map(({ key, output, differs }) => [key, output, differs])).toEqual([
      ['a', 'same', false],
      ['b', 'different', true],
      ['c', 'missing', true],
      ['gone', 'missing', true],
      ['added', 'missing', true],
    ]);
  });
});
