import { describe, expect, it } from 'vitest';
import { parseJson } from '../../core/parse-json.ts';
import { compileSchema } from './compile-schema.ts';

const VOCABULARY = 'https://json-schema.org/draft/2020-12/vocab';
const $schema = 'https://json-schema.org/draft/2020-12/schema';

/** Paths and keywords of the violations. @param others by URI */
function check(schema: unknown, json: string, others: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const documents = Object.entries({ 'urn:test:schema': schema, ...others }).map(([uri, document]) => ({
    uri,
    base: uri,
    text: typeof document === 'string' ? document : JSON.stringify(document),
  }));
  const result = compileSchema(documents, { allErrors: true });
  if ('missing' in result) return [`missing ${result.missing}`];
  result.validate(parseJson(json));
  return (result.validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

describe('a schema', () => {
  it.each([
    ['35.41', []],
    ['35.415', ['/amount multipleOf']],
    ['4.35', []],
    ['1e21', []],
  ])('with multipleOf 0.01 and the amount %s has the violations %j', (amount, violations) => {
    const schema = { properties: { amount: { type: 'number', multipleOf: 0.01 } } };
    expect(check(schema, `{"amount":${amount}}`)).toEqual(violations);
  });

  it('takes a number that no double holds for a number', () => {
    expect(check({ type: 'number', minimum: 10 }, '2e999')).toEqual([]);
    expect(check({ maximum: 10 }, '2e999')).toEqual([' maximum']);
  });

  it('has patterns of ECMA-262', () => {
    const properties = { name: { pattern: '^\\p{Letter}+\\s\\S{1,2000}$' } };
    const schema = { properties, patternProperties: { '^\\p{L}$': false } };
    expect(check(schema, '{"name":"żółć\u00a0x"}')).toEqual([]);
    expect(check(schema, '{"name":"żółć x\u2003","ż":1}')).toEqual(['/name pattern', '/ż false schema']);
  });

  it('is not misled by inherited properties', () => {
    const schema = { required: ['toString'], properties: { constructor: { type: 'string' } } };
    expect(check(schema, '{}')).toEqual([' required']);
  });

  it('checks a property __proto__ like any other', () => {
    const schema = '{"properties":{"__proto__":{"type":"number"}},"additionalProperties":false}';
    expect(check(schema, '{"__proto__":1}')).toEqual([]);
    expect(check(schema, '{"__proto__":"x"}')).toEqual(['/__proto__ type']);
    const both = '{"properties":{"__proto__":{"type":"number"}},"patternProperties":{"^__proto__$":{"minimum":2}}}';
    expect(check(both, '{"__proto__":1}')).toEqual(['/__proto__ minimum']);
  });
});

describe('a metaschema', () => {
  it('is read first', () => {
    expect(check({ $schema: 'urn:test:meta' }, '1')).toEqual(['missing urn:test:meta']);
  });

  it('switches off the keywords of vocabularies that it leaves out, but not what stands in data', () => {
    const $vocabulary = { [`${VOCABULARY}/core`]: true, [`${VOCABULARY}/applicator`]: true };
    const schema = { $schema: 'urn:test:meta', properties: { a: false, n: { minimum: 10, default: { type: 'x' } } } };
    expect(check(schema, '{"n":1,"a":1}', { 'urn:test:meta': { $schema, $vocabulary } })).toEqual(['/a false schema']);
  });

  it.each([
    ['without vocabularies', { $schema }],
    [
      'with one that is optional and unknown',
      { $schema, $vocabulary: { [`${VOCABULARY}/validation`]: true, 'urn:odd': false } },
    ],
    ['that another one describes', { $schema: 'urn:test:other' }],
  ])('%s switches off nothing that it includes', (_, metaschema) => {
    const others = {
      'urn:test:meta': metaschema,
      ...(metaschema.$schema === 'urn:test:other' && { 'urn:test:other': { $schema } }),
    };
    expect(check({ $schema: 'urn:test:meta', type: 'number' }, '"x"', others)).toEqual([' type']);
  });

  it.each([
    [
      'requires a vocabulary that nobody knows',
      { $schema, $vocabulary: { 'urn:odd': true } },
      /requires the vocabulary urn:odd/,
    ],
    ['describes itself', { $schema: 'urn:test:meta' }, /unsupported \$schema/],
    ['is a list', [], /must be an object/],
  ])('is refused if it %s', (_, metaschema, message) => {
    expect(() => check({ $schema: 'urn:test:meta' }, '1', { 'urn:test:meta': metaschema })).toThrow(message);
  });

  it('is refused if it belongs to another schema than the one that refers to it', () => {
    const schema = { $schema: 'urn:test:meta', $ref: 'urn:test:part' };
    const others = { 'urn:test:meta': { $schema }, 'urn:test:part': { $schema } };
    expect(() => check(schema, '1', others)).toThrow(/different dialect/);
  });
});
