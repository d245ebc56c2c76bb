import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { inputSchema } from './input-schema.ts';

describe('the schema of a tool’s input', () => {
  it('requires nothing that has a default, at any depth', () => {
    const schema = Type.Object({
      source: Type.String(),
      mode: Type.String({ default: 'AUTO' }),
      steps: Type.Array(Type.Object({ name: Type.String(), times: Type.Integer({ default: 1 }) })),
    });
    expect(inputSchema(schema)).toMatchObject({
      type: 'object',
      required: ['source', 'steps'],
      properties: { mode: { default: 'AUTO' }, steps: { items: { required: ['name'] } } },
    });
  });

  it('is otherwise as it was written, whatever words it uses', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
      properties: {
        address: { $ref: '#/$defs/address' },
        sample: { type: 'object', default: { required: ['a'], properties: { a: { default: 1 } } } },
      },
      required: ['address'],
      additionalProperties: false,
      'x-own': [1, { a: null }],
    };
    expect(inputSchema(schema)).toEqual(schema);
  });
});
