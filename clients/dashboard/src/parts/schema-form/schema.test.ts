import { describe, expect, it } from 'vitest';
import { fieldKindOf, labelOf, missingOf, partition } from './schema.ts';

describe('a form', () => {
  it.each([
    ['mode', { type: 'string', enum: ['CSV', 'XML'] }, 'choice'],
    ['header', { type: 'boolean' }, 'flag'],
    ['count', { type: 'integer' }, 'number'],
    ['name', { type: 'string', maxLength: 64 }, 'line'],
    ['template', { type: 'string' }, 'lines'],
    ['long', { type: 'string', maxLength: 262_144 }, 'lines'],
    ['templateUri', { type: 'string', maxLength: 65_536, 'x-signalbox': 'uri' }, 'line'],
    ['fields', { type: 'array', items: { type: 'string' } }, 'list'],
    ['steps', { type: 'array', items: { type: 'object' } }, 'json'],
    ['source', { type: 'object', 'x-signalbox': 'resource' }, 'resource'],
    ['limits', { type: 'object', properties: { cpu: {} } }, 'group'],
    ['meta', { type: 'object' }, 'json'],
    ['data', { 'x-signalbox': 'json' }, 'json'],
    ['either', { type: ['string', 'null'] }, 'json'],
    ['anything', {}, 'json'],
  ] as const)('asks for %s in the way that fits its schema', (name, schema, kind) => {
    expect(fieldKindOf(name, schema)).toBe(kind);
  });

  it('asks first for what is required and has no default', () => {
    const schema = { properties: { mode: { default: 'AUTO' }, source: {}, title: {} }, required: ['mode', 'source'] };
    expect(partition(schema)).toEqual({ asked: ['source'], optional: ['mode', 'title'] });
    expect(missingOf(schema, {})).toEqual(['source']);
    expect(missingOf(schema, { source: {} })).toEqual([]);
  });

  it.each([
    ['rootElement', 'Root element'],
    ['schema_uri', 'Schema URI'],
    ['source', 'Source'],
  ])('names %s as people read it', (name, label) => {
    expect(labelOf(name, {})).toBe(label);
  });
});
