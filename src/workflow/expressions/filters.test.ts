import { expect, it } from 'vitest';
import { runExpression } from './expression-engine.ts';
import { FILTER_NAMES } from './filters.ts';

it('lists the filters of the engine', () => {
  const list = /filters: \[([^\]]*)\]/.exec(String(runExpression('debug()', {})))?.[1] ?? '';
  expect([...list.matchAll(/"(\w+)"/g)].map(([, name]) => name)).toEqual([...FILTER_NAMES]);
});
