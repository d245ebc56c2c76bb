import { expect, it } from 'vitest';
import { plannedStep, textOutput } from '../../../test/support/engine/runs.ts';
import { createOutputCache } from './output-cache.ts';

function caching() {
  let now = 0;
  const cache = createOutputCache({ now: () => new Date(now) });
  const step = () => ({ ...plannedStep('a'), runId: 'r', position: 0, state: 'PENDING', attempt: 0 }) as const;
  const output = textOutput('made');
  return { cache, step, made: output, wait: (ms: number) => (now += ms) };
}

it('returns the output stored under the same key, until it expires', () => {
  const { cache, step, made: output, wait } = caching();
  const first = step();
  expect(cache.find(first, 'key', 1_000)).toBeUndefined();
  cache.put(first, output);
  wait(1_000);
  expect(cache.find(step(), 'key', 1_000)).toBe(output);
  expect(cache.find(step(), 'other', 1_000)).toBeUndefined();
  wait(1);
  expect(cache.find(step(), 'key', 1_000)).toBeUndefined();
  expect(cache.find(step(), 'key', 2_000)).toBe(output);
});

it('stores no output of a step without a key, and no artifact, which may be removed', () => {
  const { cache, step, made: output } = caching();
  cache.put(step(), output);
  const large = step();
  cache.find(large, 'key', 1_000);
  const { text: _, ...artifact } = output;
  cache.put(large, artifact);
  expect(cache.find(step(), 'key', 1_000)).toBeUndefined();
});

it('evicts the oldest entry when it is full', () => {
  const { cache, step } = caching();
  const keep = (key: string) => {
    const one = step();
    cache.find(one, key, 1_000);
    cache.put(one, textOutput('x'.repeat(6 * 1024 * 1024)));
  };
  for (const key of ['a', 'b', 'c']) keep(key);
  expect(cache.find(step(), 'a', 1_000)).toBeUndefined();
  expect(cache.find(step(), 'c', 1_000)).toBeDefined();
});
