import { expect, it } from 'vitest';
import { FILTER_NAMES, isLinearTime } from './filters.ts';
import { lexExpression } from './lex-expression.ts';

it('knows for each filter of the engine whether it may run on the main thread', () => {
  const linear = [...FILTER_NAMES].filter((name) => isLinearTime(lexExpression(`a | ${name}`).tokens));
  expect(linear).toContain('length');
  expect(linear).not.toContain('map');
  expect(linear).toHaveLength(35);
  expect(isLinearTime(lexExpression('range(3)').tokens)).toBe(false);
});
