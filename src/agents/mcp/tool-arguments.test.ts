import { describe, expect, it } from 'vitest';
import { createTestSession } from '../../../test/support/agents/agent-session.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createSchemaValidator } from '../../resources/schemas/schema-validator.ts';
import { buildToolArguments, validateToolArguments } from './tool-arguments.ts';

const text = { type: 'string' };
const toolOf = (properties: JsonObject, required: readonly string[] = []) => ({
  name: 'tool',
  description: '',
  input: { type: 'object', properties, required },
});

describe('buildToolArguments', () => {
  it('prefers configured arguments to the context, and ignores unknown properties of the context', () => {
    const tool = toolOf({ maxItems: {}, city_name: {}, unit: {} });
    const context = { max_items: 3, cityName: 'Łódź', unit: 'C', other: 1 };
    expect(buildToolArguments(tool, { unit: 'K' }, context)).toEqual({ unit: 'K', maxItems: 3, city_name: 'Łódź' });
  });

  it('prefers the name as it is written', () => {
    expect(buildToolArguments(toolOf({ a_b: {} }), {}, { aB: 1, a_b: 2 })).toEqual({ a_b: 2 });
  });

  it.each([
    ['a text', 'hello', 'hello'],
    ['its text', { text: 'hello' }, 'hello'],
    ['the text of the step before', { previous: { text: 'hello', mediaType: 'text/plain' } }, 'hello'],
    ['the step before, which is a text', { previous: 'hello' }, 'hello'],
    ['the JSON of the step before', { previous: { json: { a: 1 } } }, '{"a":1}'],
  ])('uses %s of the context for the only required text', (_, context, message) => {
    expect(buildToolArguments(toolOf({ message: text, sentences: {} }, ['message']), {}, context)).toEqual({ message });
  });

  it('guesses nothing when the tool requires two texts, or the context has no text', () => {
    expect(buildToolArguments(toolOf({ a: text, b: text }, ['a', 'b']), {}, 'hello')).toEqual({});
    expect(buildToolArguments(toolOf({ a: text }, ['a']), {}, { n: 1 })).toEqual({});
    expect(buildToolArguments(toolOf({ a: text }, ['a']), { a: 'x' }, 'hello')).toEqual({ a: 'x' });
  });

  it('is not misled by names that every object has', () => {
    expect(buildToolArguments(toolOf({ constructor: {}, toString: {} }), {}, {})).toEqual({});
  });
});

describe('validateToolArguments', () => {
  const schemas = createSchemaValidator();
  const session = createTestSession();

  it('rejects a schema that refers elsewhere or is invalid', async () => {
    const leading = { name: 't', description: '', input: { type: 'object', $ref: 'http://127.0.0.1/schema' } };
    await expect(validateToolArguments(leading, {}, schemas, session)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('http://127.0.0.1/schema'),
    });
    const odd = { name: 't', description: '', input: { type: 'nothing' } };
    await expect(validateToolArguments(odd, {}, schemas, session)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('accepts a schema with an $id, and a tool with any name', async () => {
    const input = {
      type: 'object',
      $id: 'https://example.com/t',
      $defs: { n: { type: 'number' } },
      properties: { n: { $ref: '#/$defs/n' } },
    };
    const tool = { name: 'ä/b c?#', description: '', input };
    await expect(validateToolArguments(tool, { n: 1 }, schemas, session)).resolves.toBeUndefined();
    await expect(validateToolArguments(tool, { n: 'x' }, schemas, session)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });
});
