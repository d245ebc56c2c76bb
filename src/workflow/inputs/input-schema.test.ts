import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const compile = (inputs: JsonObject, values: JsonObject) => {
  const steps = [{ id: 'a', kind: 'sleep', input: { ms: 1 } }];
  const { document, problems } = readWorkflow({ document: { name: 'a', inputs, steps } }, testCatalog);
  if (!document) throw new Error(JSON.stringify(problems));
  return document.compile(values).inputs;
};

describe('inputs', () => {
  it('have defaults, and do not change the values that were passed', () => {
    const values = { a: 'x' };
    expect(compile({ a: 'string', b: { type: 'array', default: [1] } }, values)).toEqual({ a: 'x', b: [1] });
    expect(values).toEqual({ a: 'x' });
  });

  it('may have one schema for all', () => {
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
      /\/sourc is not an input of this workflow\. Did you mean source\?/,
    ],
  ])('reject %s', (_, values, message) => {
    const run = () => compile({ source: 'string' }, values);
    expect(run).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        violations: [expect.objectContaining({ path: expect.any(String) })],
      }),
    );
    expect(run).toThrow(message);
  });

  it.each([
    [4.35, true],
    [35.415, false],
  ])('of %d are multiples of 0.01: %s', (amount, isMultiple) => {
    const run = () => compile({ amount: { type: 'number', multipleOf: 0.01 } }, { amount });
    if (isMultiple) expect(run()).toEqual({ amount });
    else expect(run).toThrow(/\/amount must be multiple of 0.01/);
  });

  it('are checked by patterns as ECMA-262 has them', () => {
    const name = { type: 'string', pattern: '^\\p{Letter}{1,2000}\\s\\S$' };
    expect(compile({ name }, { name: 'żółć\u00a0x' })).toEqual({ name: 'żółć\u00a0x' });
    expect(() => compile({ name }, { name: 'żółć\u200bx' })).toThrow(/\/name must match pattern/);
  });

  it('are checked by patterns in linear time', async () => {
    const check = () =>
      expect(() => compile({ a: { type: 'string', pattern: '^(a+)+$' } }, { a: `${'a'.repeat(5_000)}!` })).toThrow(
        /pattern/,
      );
    expect(await cpuMsOf(check)).toBeLessThan(2_000);
  });
});
