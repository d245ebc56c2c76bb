import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import type { JsonObject } from '../lib/json.ts';
import { readWorkflow } from './read-workflow.ts';

const read = (flow: string) =>
  readWorkflow(
    {
      text: `name: test\ninputs: { k: { type: string, default: a }, n: { type: integer, default: 1 }, o: { type: object, default: {} } }\nsteps: [{ id: a, kind: sleep, input: { ms: 1 } }]\n${flow}\n`,
    },
    testCatalog,
  );
const rulesOf = (flow: string, inputs: JsonObject = {}) => read(flow).document?.compile(inputs).plan.flow;

describe('the flow control of a document', () => {
  it('has a key of the inputs, and defaults', () => {
    const concurrency = 'concurrency: { key: "{{ k }}-{{ n }}", limit: 2 }';
    expect(rulesOf(concurrency, { k: 'x' })).toEqual({ concurrency: { key: 'x-1', limit: 2, overflow: 'queue' } });
    expect(rulesOf('concurrency: { limit: 1, overflow: refuse }')).toEqual({
      concurrency: { key: '', limit: 1, overflow: 'refuse' },
    });
    expect(rulesOf('rate: { key: "{{ o }}", limit: 5, per: minute }', { o: { b: 1, a: 2 } })).toEqual({
      rate: { key: '{"a":2,"b":1}', limit: 5, perMs: 60_000 },
    });
    expect(rulesOf('debounce: { ms: 50 }')).toEqual({ debounce: { key: '', ms: 50 } });
    expect(rulesOf('')).toBeUndefined();
    expect(read('priority: batch').document?.priority).toBe('BATCH');
  });

  it('refuses inputs that make a key too long', () => {
    const compile = () => rulesOf('debounce: { key: "{{ k }}", ms: 5 }', { k: 'x'.repeat(257) });
    expect(compile).toThrow(/debounce\.key of these inputs has 257 characters; the maximum is 256/);
  });

  it.each([
    ['concurrency: { key: a }', /^4 concurrency is missing the required key limit/],
    ['concurrency: { limit: 0 }', /^4 concurrency\.limit must be >= 1/],
    ['concurrency: { limit: 1, overflow: drop }', /must be one of queue, cancel_oldest, refuse/],
    ['rate: { limit: 1, per: week }', /must be one of second, minute, hour, day/],
    ['debounce: { ms: 90000000 }', /debounce\.ms must be <= 86400000/],
    ['priority: high', /must be one of critical, interactive, batch/],
    ['concurrency:\n  limit: 1\n  key: "{{ customer }}"', /^6 concurrency\.key: .*customer.* not an input/],
    ['rate: { limit: 1, per: day, key: "{{ steps.a.output }}" }', /^4 rate\.key/],
    ['debounce: { ms: 1, key: "{{ k | map(attribute=1) | list }}" }', /^4 debounce\.key/],
  ])('reports what is wrong with %j, by line', (flow, problem) => {
    const problems = read(flow).problems.map(({ line, message }) => `${line} ${message}`);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });
});
