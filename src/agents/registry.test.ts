import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildSchema, type GraphQLInputObjectType } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestSession } from '../../test/support/agents/agent-session.ts';
import { AGENT_BACKENDS } from '../core/agent.ts';
import type { JsonObject } from '../lib/json.ts';
import { canonicalUri } from '../resources/canonical-uri.ts';
import { createOutgoing } from '../resources/outgoing/outgoing.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createBubblewrap } from '../runtime/sandbox/bubblewrap.ts';
import { createBackends } from './registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const AGENTS = join(ROOT, 'examples/agents');

const network = { allowedPrivateHosts: [], headerTimeoutMs: 5_000 };
const readPaths = [join(ROOT, 'examples'), join(ROOT, 'node_modules')];
const outgoing = createOutgoing({ version: '0', ...network });
afterAll(() => outgoing.close());

const backends = createBackends({
  sandbox: createBubblewrap({ readPaths, outgoing: network }),
  outgoing,
  canonicalize: canonicalUri,
  version: '0',
  programLimits: { memoryBytes: 4 * 2 ** 30, processes: 64, cpuSeconds: 20, fileBytes: 2 ** 20 },
  readPaths,
  schemas: createSchemaValidator(),
  llm: { apiBase: 'https://models.example/v1', model: 'small' },
});

/** As documents spell it → as backends do. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  const named = Object.entries(value).map(([name, one]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    camelCase(one),
  ]);
  return Object.fromEntries(named);
}

/** As `Backend.config` promises a generator. */
function graphqlType(property: JsonObject): string {
  const { type, title } = property;
  if (property['x-signalbox'] === 'uri') return 'URI';
  if (property['x-signalbox'] === 'json') return 'JSON';
  if (type === 'array') return `[${graphqlType(property.items as JsonObject)}!]`;
  if (type === 'object') return String(title);
  const scalars: Readonly<Record<string, string>> = {
    string: 'String',
    number: 'Float',
    integer: 'Int',
    boolean: 'Boolean',
  };
  return property.anyOf ? 'String' : (scalars[String(type)] ?? '');
}

interface AgentFile {
  readonly id: string;
  readonly role: string;
  readonly goal: string;
  readonly tools?: readonly string[];
  readonly backend: string;
  readonly backend_config: JsonObject;
}

function example(file: string) {
  const agent = JSON.parse(readFileSync(join(AGENTS, file), 'utf8')) as AgentFile;
  const backend = backends.find(({ name }) => name === agent.backend);
  if (!backend) throw new Error(`${file} names no backend`);
  return { agent, backend, config: camelCase(agent.backend_config) as JsonObject };
}

describe('the backends', () => {
  it('are those that there is a name for', () => {
    expect(backends.map(({ name }) => name)).toEqual([...AGENT_BACKENDS]);
  });

  it.each(backends.map((backend) => [backend.name, backend] as const))(
    '%s describes all of its configuration',
    (_, { config, description }) => {
      expect(description).toMatch(/\.$/);
      const properties = Object.entries(config.properties as Record<string, { description?: string }>);
      expect(properties.length).toBeGreaterThan(0);
      for (const [name, { description: told }] of properties) {
        expect(name).toMatch(/^[a-z][A-Za-z]*$/);
        expect(told, name).toBeTruthy();
      }
      expect(config.additionalProperties).toBe(false);
      const ajv = new Ajv2020({ strict: true, strictRequired: false });
      ajv.addKeyword('x-signalbox');
      ajv.compile(config);
    },
  );

  it.each(backends.map(({ name, config }) => [name, config] as const))(
    '%s has the configuration that its GraphQL input has',
    (name, config) => {
      const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
      const fieldsOf = (type: string) =>
        Object.values((schema.getType(type) as GraphQLInputObjectType).getFields()).map(
          (field) => [field.name, String(field.type)] as const,
        );
      const field = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      expect(fieldsOf('AgentBackendInput')).toContainEqual([field, config.title]);
      const required = new Set(config.required as readonly string[] | undefined);
      const types = Object.entries(config.properties as Record<string, JsonObject>).map(([key, property]) => [
        key,
        `${graphqlType(property)}${required.has(key) && property.default === undefined ? '!' : ''}`,
      ]);
      expect(new Map(fieldsOf(String(config.title)))).toEqual(new Map(types as [string, string][]));
      expect(config.description).toMatch(/\.$/);
    },
  );
});

describe('the example agents', () => {
  const files = readdirSync(AGENTS);

  it.each(files)('%s fits its backend, and reaches something', (file) => {
    const { agent, backend, config } = example(file);
    expect(`${agent.id}.json`).toBe(file);
    const validate = new Ajv2020({ strict: false, useDefaults: true }).compile(backend.config);
    expect([validate(structuredClone(config)), validate.errors]).toEqual([true, null]);
    expect(backend.requiredAccess(config).length).toBeGreaterThan(0);
  });

  it.each([
    [
      'summary.json',
      { text: 'Trains run. Trains run on rails. Coffee is sold. Rails carry trains.' },
      { sentences: 3, of: 4 },
    ],
    ['count-words.json', { previous: 'three small words' }, { stdout: '3\n', return_code: 0 }],
  ])('%s does what it is for', async (file, context, output) => {
    const { agent, backend, config } = example(file);
    const session = createTestSession();
    try {
      const { content } = await backend.run({ ...agent, config, context, memory: '' }, session);
      expect(JSON.parse(String(content))).toMatchObject(output);
    } finally {
      await session.close();
    }
  });
});
