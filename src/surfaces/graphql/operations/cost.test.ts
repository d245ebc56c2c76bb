import fc from 'fast-check';
import {
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  Kind,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/registry.ts';
import { Fault } from '../../../core/errors.ts';
import { buildSchema } from '../schema/schema.ts';
import { MAX_COST, operationCost, type Variables } from './cost.ts';

const schema = buildSchema(commands);

function costOf(text: string, variables: Variables = {}): number {
  const { definitions } = parse(text);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operation = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('the document has no operation');
  return operationCost(schema, fragments, operation, variables).points;
}

const pageSizes = fc.option(fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 100 })));

/** Selections of the type as text; of an abstract type also fragments on its object types. */
function selectionsOf(type: GraphQLNamedType, levels: number): fc.Arbitrary<readonly string[]> {
  const fields = 'getFields' in type && isCompositeType(type) ? Object.values(type.getFields()) : [];
  const chosen = fields.map((field): fc.Arbitrary<string> => {
    const inner = getNamedType(field.type);
    const sizes = fc.record(Object.fromEntries(field.args.map(({ name }) => [name, pageSizes])));
    const text = (nested: readonly string[]) =>
      sizes.map((args) => {
        const given = Object.entries(args).filter(([name, value]) => PAGED.includes(name) && value !== null);
        const list = given.length > 0 ? `(${given.map(([name, value]) => `${name}: ${value}`).join(', ')})` : '';
        return `${field.name}${list}${nested.length > 0 ? ` { ${nested.join(' ')} }` : ''}`;
      });
    if (!isCompositeType(inner)) return text([]);
    return levels === 0 ? fc.constant('__typename') : selectionsOf(inner, levels - 1).chain(text);
  });
  const onTypes = isAbstractType(type)
    ? schema
        .getPossibleTypes(type)
        .map((one) =>
          levels === 0
            ? fc.constant(`... on ${one.name} { __typename }`)
            : selectionsOf(one, levels - 1).map((nested) => `... on ${one.name} { ${nested.join(' ')} }`),
        )
    : [];
  return fc.array(fc.oneof(fc.constant('__typename'), ...chosen, ...onTypes), { minLength: 1, maxLength: 3 });
}

const PAGED = ['first', 'last', 'batch'];
const query = schema.getQueryType() as GraphQLNamedType;

describe('the cost of an operation', () => {
  it('is never less than that of a part of it, and a whole number', () => {
    fc.assert(
      fc.property(selectionsOf(query, 3), fc.nat(), (selections, omitted) => {
        const whole = costOf(`{ ${selections.join(' ')} }`);
        expect(Number.isSafeInteger(whole)).toBe(true);
        expect(whole).toBeGreaterThanOrEqual(1);
        for (const one of selections) expect(costOf(`{ ${one} }`)).toBeLessThanOrEqual(whole);
        const rest = selections.filter((_, i) => i !== omitted % selections.length);
        if (rest.length > 0) expect(costOf(`{ ${rest.join(' ')} }`)).toBeLessThanOrEqual(whole);
        expect(costOf(`{ ...all } fragment all on Query { ${selections.join(' ')} }`)).toBe(whole);
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on what an odd page size would make of it: such a size is refused', () => {
    const runs = 'query ($n: Int) { runs(first: $n) { nodes { artifacts(first: 100) { nodes { id } } } } }';
    for (const n of [0, -1, -(2 ** 31), 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => costOf(runs, { n })).toThrow(Fault);
      expect(() => costOf(runs, { n })).toThrow('first of runs must be a whole number from 1');
    }
    expect(() => costOf('{ runs(first: -100) { nodes { id } } }')).toThrow('received -100');
    expect(() => costOf('query ($n: Int = -5) { runs(first: $n) { nodes { id } } }')).toThrow('received -5');
    expect(costOf(runs, { n: 2 ** 31 - 1 })).toBeGreaterThan(MAX_COST);
    expect(costOf(runs, { n: null })).toBe(costOf(runs));
    expect(costOf(runs, { n: '7' })).toBe(costOf(runs));
  });

  it('counts the most expensive of the object types that an object may have', () => {
    const on = (type: string, fields: string) => `... on ${type} { ${fields} }`;
    const events = (...fragments: string[]) =>
      costOf(`{ events(first: 10) { events { seq ${fragments.join(' ')} } } }`);
    const [log, message] = [on('LogLine', 'level text'), on('AgentMessage', 'role text at type')];
    expect(events(log, message)).toBe(events(message));
    expect(events(log, message, log)).toBe(events(message));
    expect(events(log, log, log, message)).toBe(events(log, log, log));
    expect(events(message, 'at')).toBeGreaterThan(events(message));
  });

  it('counts a total count once for a page, whatever its size', () => {
    const page = (first: number, fields: string) =>
      costOf(`{ runs(first: ${first}) { nodes { id } ${fields} } } fragment f on RunConnection { totalCount }`);
    for (const first of [1, 50, 100]) {
      expect(page(first, 'totalCount') - page(first, '')).toBe(20);
      expect(page(first, '...f') - page(first, '')).toBe(20);
      expect(page(first, 'totalCountIsExact') - page(first, '')).toBe(20);
    }
    const counts = (first: number) =>
      costOf(`{ runs(first: ${first}) { nodes { artifacts(first: 1) { totalCount } } } }`);
    expect(counts(100) - counts(99)).toBeGreaterThan(20);
  });

  it('is saturated, however deep pages are nested', () => {
    const deep = (levels: number): string =>
      levels === 0 ? 'id' : `children(first: 2147483647) { nodes { ${deep(levels - 1)} } }`;
    const cost = costOf(`{ run(id: "run_1") { ${deep(7)} } }`);
    expect(Number.isSafeInteger(cost)).toBe(true);
    expect(cost).toBeGreaterThan(MAX_COST);
  });

  it('knows the page size of everything that is a page or a list of what the caller names', () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const names = field.args.map(({ name }) => name);
        const where = `${type.name}.${field.name}`;
        if (getNamedType(field.type).name.endsWith('Connection')) {
          expect(
            names.some((name) => PAGED.includes(name)),
            where,
          ).toBe(true);
        }
        // A list that filters a page, or what is counted, does not make the response longer.
        if (names.some((name) => PAGED.includes(name)) || isScalarType(getNullableType(field.type))) continue;
        const lists = field.args.filter((argument) => {
          return isListType(isNonNullType(argument.type) ? argument.type.ofType : argument.type);
        });
        expect(
          lists.filter(({ name }) => !['uris', 'ids', 'actions'].includes(name)),
          where,
        ).toEqual([]);
      }
    }
  });
});
