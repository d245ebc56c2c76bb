import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const compile = (inputs: JsonObject, given: JsonObject) => {
  const steps = [{ id: 'a', kind: 'sleep', input: { ms: 1 } }];
  const { document, problems } = readWorkflow({ document: { name: 'a', inputs, steps } }, testCatalog);
  if (!document) throw new Error(JSON.stringify(problems));
  return document.compile(given).inputs;
};

describe('inputs', () => {
  it('have defaults, and keep what was given as it was', () => {
    const given = { a: 'x' };
    expect(compile({ a: 'string', b: { type: 'array', default: [1] } }, given)).toEqual({ a: 'x', b: [1] });
    expect(given).toEqual({ a: 'x' });
  });

  it('may be told by one schema for all', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] };
    expect(compile(schema, { a: 'x' })).toEqual({ a: 'x' });
    expect(() => compile(schema, { b: 1 })).toThrow(/\/a must be given/);
  });

  it.each<[string, JsonObject, RegExp]>([
    ['one that is missing', {}, /\/source must be given/],
    ['one of the wrong type', { source: 1 }, /\/source must be string/],
    [
      'one that is unknown',
      { source: 'a', sourc: 'b' },
      /\/sourc is no input of this workflow\. Did you mean source\?/,
    ],
  ])('refuse %s', (_, given, message) => {
    const run = () => compile({ source: 'string' }, given);
    expect(run).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        violations: [expect.objectContaining({ path: expect.any(String) })],
      }),
    );
    expect(run).toThrow(message);
  });

  it('are checked by patterns that take no longer than the text is long', () => {
    const started = performance.now();
    expect(() => compile({ a: { type: 'string', pattern: '^(a+)+$' } }, { a: `${'a'.repeat(5_000)}!` })).toThrow(
      /pattern/,
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
