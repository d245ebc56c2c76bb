import { readFileSync } from 'node:fs';
import {
  GraphQLError,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';
import { type AnyCommand, defineCommand, resource } from '../../../commands/definition/define-command.ts';
import { AnyJson, ResourceInput, SchemaUri, Uri } from '../../../commands/definition/options.ts';
import { commands } from '../../../commands/registry.ts';
import { EVENT_TYPES } from '../../../core/event.ts';
import { buildSchema, printContract } from './schema.ts';

const contract = readFileSync(new URL('../../../../schema.graphql', import.meta.url), 'utf8');

describe('the schema', () => {
  it('is schema.graphql, byte for byte, however often it is built', () => {
    expect(printContract(buildSchema(commands))).toBe(contract);
    expect(printContract(buildSchema(commands))).toBe(contract);
  });

  it('describes every type, field, argument and value', () => {
    const bare: string[] = [];
    const look = (at: string, { description }: { readonly description?: string | null | undefined }) => {
      if (!description?.trim()) bare.push(at);
    };
    for (const type of Object.values(buildSchema(commands).getTypeMap())) {
      if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
      look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type)) for (const f of Object.values(type.getFields())) look(`${type.name}.${f.name}`, f);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const arg of field.args) look(`${type.name}.${field.name}(${arg.name})`, arg);
      }
    }
    expect(bare).toEqual([]);
  });

  it('has an object type with a description for each type of event, and no other events', () => {
    const schema = buildSchema(commands);
    const event = schema.getType('Event');
    if (!isInterfaceType(event)) throw new Error('Event must be an interface');
    const types = Object.entries(EVENT_TYPES).map(([type, { graphqlType, description }]) => {
      expect(schema.getType(graphqlType)?.description, type).toBe(description);
      return graphqlType;
    });
    expect(new Set(schema.getPossibleTypes(event).map(({ name }) => name))).toEqual(new Set(types));
    const values = schema.getType('EventType');
    if (!isEnumType(values)) throw new Error('EventType must be an enum');
    expect(values.getValues().map(({ name }) => name)).toEqual(Object.keys(EVENT_TYPES));
  });
});

const base = {
  title: 'Try',
  description: 'Tries.',
  effect: 'pure',
  run: async () => resource('text/plain', ''),
} as const;
const printed = (command: AnyCommand) => printContract(buildSchema([...commands, command]));

describe('a command of a plugin', () => {
  const shout = defineCommand({
    name: 'shout',
    title: 'Shout',
    description: 'Text in upper case.',
    effect: 'pure',
    options: Type.Object({
      source: ResourceInput,
      schemaUri: SchemaUri,
      other: Type.Optional(Uri('Another one.')),
      times: Type.Integer({ default: 1, minimum: 1, maximum: 9, description: 'How often.' }),
      most: Type.Optional(Type.Integer({ maximum: 2 ** 40, description: 'At most.' })),
      ratio: Type.Optional(Type.Number({ description: 'A ratio.' })),
      loud: Type.Optional(Type.Boolean({ description: 'Louder.' })),
      how: Type.Union([Type.Literal('withoutPause', { description: 'At once.' }), Type.Literal('slow')], {
        default: 'slow',
        description: 'How fast.',
      }),
      marks: Type.Array(Type.Object({ text: Type.String({ description: 'It.' }) }), { description: 'Marks.' }),
      extra: Type.Optional(AnyJson('Anything.')),
    }),
    run: async ({ times, how, marks, extra }, _ctx) =>
      resource('application/json', JSON.stringify({ times, how, marks, extra })),
  });
  let api: TestGraphqlServer;
  beforeAll(async () => {
    api = await startGraphql({ commands: [shout] });
  });
  afterAll(() => api.close());

  it('has a mutation with typed options', () => {
    const [, input = ''] =
      /input ShoutInput \{([\s\S]*?)\n\}/.exec(printed(shout).replace(/"""[\s\S]*?"""\n? */g, '')) ?? [];
    expect(
      input
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual([
      'source: ResourceInput!',
      'schemaUri: URI',
      'other: URI',
      'times: Int = 1',
      'most: SafeInt',
      'ratio: Float',
      'loud: Boolean',
      'how: ShoutHow = SLOW',
      'marks: [ShoutMarkInput!]!',
      'extra: JSON',
      'idempotencyKey: String',
    ]);
    expect(printed(shout)).toMatch(/enum ShoutHow \{\s+"""At once\."""\s+WITHOUT_PAUSE\s+"""`slow`\."""\s+SLOW\s+\}/);
  });

  it('runs with them, their defaults, and without what is null', async () => {
    const run = async (input: object) => {
      const { data, errors } = await api.ask(
        'mutation ($i: ShoutInput!) { shout(input: $i) { ... on CommandOutcome { resource { json } } ... on Refusal { code violations { path } } } }',
        { i: { source: { uri: 'data:,a' }, marks: [], ...input } },
      );
      return errors ?? data.shout;
    };
    expect(await run({})).toEqual({ resource: { json: { times: 1, how: 'slow', marks: [] } } });
    expect(await run({ times: null, how: 'WITHOUT_PAUSE', marks: [{ text: 'x' }], extra: { a: [null] } })).toEqual({
      resource: { json: { times: 1, how: 'withoutPause', marks: [{ text: 'x' }], extra: { a: [null] } } },
    });
    expect(await run({ times: 10 })).toEqual({ code: 'BAD_INPUT', violations: [{ path: '/times' }] });
    expect((await run({ how: 'slow' }))[0].extensions.code).toBe('BAD_INPUT');
  });

  it('appears in the catalog with its field', async () => {
    const { data } = await api.ask('{ catalog { commands { name field options } } }');
    expect(data.catalog.commands.at(-1)).toMatchObject({ name: 'shout', field: 'shout', options: { type: 'object' } });
  });

  it('stops the start when its name is taken, or an option has no GraphQL type', () => {
    const options = Type.Object({});
    expect(() => printed({ ...base, name: 'signIn', options })).toThrow('signIn');
    expect(() => printed({ ...base, name: 'fetch', options })).toThrow('fetch');
    const odd = Type.Object({ tuple: Type.Tuple([Type.String(), Type.Number()]) });
    expect(() => printed({ ...base, name: 'odd', options: odd })).toThrow('OddTuple');
    const other = Type.Object({
      mode: Type.Unsafe<string>({ title: 'ConversionMode', enum: ['X'], description: 'x' }),
    });
    expect(() => printed({ ...base, name: 'other', options: other })).toThrow('ConversionMode');
  });
});

describe('a scalar', () => {
  const schema = buildSchema(commands);
  const parse = (name: string, value: unknown) => {
    const type = schema.getType(name) as { parseValue(value: unknown): unknown };
    try {
      return type.parseValue(value);
    } catch (error) {
      if (error instanceof GraphQLError) return 'refused';
      throw error;
    }
  };

  const taken: [string, unknown, unknown][] = [
    ['DateTime', '2026-11-20T09:30:00+01:00', new Date('2026-11-20T08:30:00Z')],
    ['DateTime', '2024-02-29t00:00:00.123z', new Date('2024-02-29T00:00:00.123Z')],
    ['URI', 'data:,', 'data:,'],
    ['URI', 'https://example.com/a?b=c', 'https://example.com/a?b=c'],
    ['JSON', { a: [1, 'x', null] }, { a: [1, 'x', null] }],
    ['Base64', 'YQ==', 'YQ=='],
    ['Base64', '', ''],
    ['MediaType', 'text/html; charset="utf-8"', 'text/html; charset="utf-8"'],
    ['Sha256', 'A'.repeat(64), 'a'.repeat(64)],
    ['SafeInt', 2 ** 53 - 1, 2 ** 53 - 1],
  ];
  for (const [name, value, parsed] of taken) {
    it(`${name} takes ${JSON.stringify(value)}`, () => expect(parse(name, value)).toEqual(parsed));
  }

  const refused: [string, unknown][] = [
    ['DateTime', '2026-11-20'],
    ['DateTime', '2026-02-30T00:00:00Z'],
    ['DateTime', '2026-11-20T24:00:00Z'],
    ['DateTime', '2026-11-20T09:30:00'],
    ['DateTime', 1_700_000_000],
    ['URI', 'example.com'],
    ['URI', 'https://exa mple.com'],
    ['URI', 'java\nscript:alert(1)'],
    ['URI', 'x:'],
    ['JSON', Number.NaN],
    ['JSON', JSON.parse('{"a": {"__proto__": 1}}')],
    ['JSON', JSON.parse(`${'['.repeat(65)}1${']'.repeat(65)}`)],
    ['Base64', 'YQ'],
    ['Base64', 'Y-_='],
    ['Base64', 'YQ==\n'],
    ['MediaType', 'text'],
    ['MediaType', 'text/html\r\nX: y'],
    ['Cursor', 'c1.!!'],
    ['Cursor', 7],
    ['Sha256', 'a'.repeat(63)],
    ['SafeInt', 2 ** 53],
    ['SafeInt', 1.5],
    ['SafeInt', '1'],
  ];
  for (const [name, value] of refused) {
    it(`${name} refuses ${JSON.stringify(value).slice(0, 60)}`, () => expect(parse(name, value)).toBe('refused'));
  }
});
