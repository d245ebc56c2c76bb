import { describe, expect, it } from 'vitest';
import { inputsOf } from './inputs.ts';

describe('inputsOf', () => {
  it('reads names with types and with schemas; an input with a default is optional', () => {
    const text = 'inputs:\n  source: string\n  limit: { type: integer, default: 2 }\n';
    expect(inputsOf(text)).toEqual({
      type: 'object',
      properties: { source: { type: 'string' }, limit: { type: 'integer', default: 2 } },
      required: ['source'],
    });
  });

  it('reads one schema for all inputs as it is', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    expect(inputsOf(`inputs: ${JSON.stringify(schema)}`)).toEqual(schema);
  });

  it('has no properties for a workflow without inputs', () => {
    expect(inputsOf('name: a')).toEqual({});
  });
});
