import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { camelCase, fieldNameProblem, pascalCase, resourceNames, snakeCase } from './names.ts';

describe('resourceNames', () => {
  it.each([
    ['Listing', 'Listing', 'listing', 'listings'],
    ['listings', 'Listing', 'listing', 'listings'],
    ['order items', 'OrderItem', 'order_item', 'order_items'],
    ['OrderItem', 'OrderItem', 'order_item', 'order_items'],
    ['HTTPRoute', 'HttpRoute', 'http_route', 'http_routes'],
    ['sales-people', 'SalesPerson', 'sales_person', 'sales_people'],
  ])('converts %s to %s', (given, name, variable, plural) => {
    expect(resourceNames(given)).toEqual({ name, variable, plural });
  });

  it.each([
    '',
    ' ',
    'a; DROP TABLE users',
    '__import__("os")',
    '../etc',
    "x'y",
    '{{ 7 * 7 }}',
    'a\nb',
    'Ünïcode',
    '1st',
    'class',
    'Import',
    'Promise',
    'Query',
    'Stores',
    'constructor',
    'x'.repeat(41),
  ])('rejects %j, and suggests what to use instead', (given) => {
    expect(() => resourceNames(given)).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        path: ['resource'],
        message: expect.stringMatching(/such as|Call it/),
      }),
    );
  });

  it('returns valid names, or rejects the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (given) => {
        try {
          const names = resourceNames(given);
          expect(names.variable).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
          expect(names.name).toMatch(/^[A-Z][A-Za-z0-9]*$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});

describe('fieldNameProblem', () => {
  it.each([
    'id',
    'created_at',
    'class',
    'lambda',
    'metadata',
    'model_config',
    '__init__',
    'a__b',
    'a_',
    'Title',
    'x-y',
    '',
  ])('rejects %j', (name) => {
    expect(fieldNameProblem(name)).toMatch(/field/);
  });

  it.each(['title', 'price_2', 'starts_on', 'type', 'match'])('accepts %s', (name) => {
    expect(fieldNameProblem(name)).toBeUndefined();
  });
});

describe('spellings', () => {
  it('are converted into each other', () => {
    expect([snakeCase('XmlHTTPRequest2 now'), pascalCase('a_bc_2'), camelCase('a_bc_2')]).toEqual([
      'xml_http_request2_now',
      'ABc2',
      'aBc2',
    ]);
  });
});
