import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { declareWorkflows } from './declarations.ts';
import { typeOfSchema } from './schema-type.ts';

const TSC = resolve(import.meta.dirname, '../../../../node_modules/.bin/tsc');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-types-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What tsc says about the files, with a package in the place of the SDK; nothing when all types check. */
async function complaints(files: Readonly<Record<string, string>>): Promise<string> {
  const sdk = join(folder, 'node_modules/@signalbox/sdk');
  await mkdir(sdk, { recursive: true });
  await writeFile(
    join(sdk, 'package.json'),
    '{"name":"@signalbox/sdk","type":"module","exports":{"types":"./i.d.ts"}}',
  );
  await writeFile(join(sdk, 'i.d.ts'), 'export interface WorkflowTypes {}\n');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const names = Object.keys(files);
  for (const name of names) await writeFile(join(folder, name), files[name] ?? '');
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--types', ''];
  return await new Promise((done) => {
    execFile(TSC, [...flags, ...names], { cwd: folder }, (error, stdout) => done(error ? stdout || String(error) : ''));
  });
}

const name = fc.string({
  unit: fc.constantFrom('a', 'b', '-', '"', '*', '/', '\n', '\u2028', '`', '$', '}'),
  maxLength: 4,
});
const scalar = fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.integer(), fc.boolean(), fc.constant(null));

const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'array', 'object').map((type) => ({ type })),
    scalar.map((value) => ({ const: value })),
    fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    fc
      .tuple(fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true }), fc.boolean(), fc.boolean())
      .map(([properties, closed, all]) => ({
        type: 'object',
        properties,
        ...(all && { required: Object.keys(properties) }),
        ...(closed && { additionalProperties: false }),
      })),
  ),
}));

/** Some values that may be valid: built along the schema. */
function valueFor(of: Record<string, unknown>): fc.Arbitrary<unknown> {
  if ('const' in of) return fc.constant(of.const);
  if (Array.isArray(of.enum)) return fc.constantFrom(...of.enum);
  const [first] = [of.anyOf ?? of.allOf].flat();
  if (first) return valueFor(first as Record<string, unknown>);
  if (of.properties) {
    const values = Object.entries(of.properties).map(([key, one]) =>
      valueFor(one).map((value) => [key, value] as const),
    );
    return fc.tuple(...values).map((entries) => Object.fromEntries(entries));
  }
  if (of.type === 'object') {
    const item = (of.additionalProperties ?? { type: 'null' }) as Record<string, unknown>;
    return fc.dictionary(name, valueFor(item), { maxKeys: 2, noNullPrototype: true });
  }
  if (of.type === 'array')
    return fc.array(valueFor((of.items ?? { type: 'null' }) as Record<string, unknown>), { maxLength: 2 });
  return (
    { string: fc.string({ maxLength: 3 }), boolean: fc.boolean(), null: fc.constant(null) }[String(of.type)] ??
    fc.integer()
  );
}

test('each value that a schema permits has its type', { timeout: 120_000 }, async () => {
  const ajv = new Ajv2020({ strict: false });
  const pairs = fc
    .sample(
      schema.chain((one) => fc.tuple(fc.constant(one), valueFor(one))),
      600,
    )
    .filter(([one, value]) => ajv.validate(one, value));
  expect(pairs.length).toBeGreaterThan(300);
  const lines = pairs.map(([one, value], index) => `const v${index}: ${typeOfSchema(one)} = ${JSON.stringify(value)};`);
  expect(await complaints({ 'values.ts': [...lines, 'export {};'].join('\n') })).toBe('');
});

test('whatever a workflow holds, its declarations compile', { timeout: 120_000 }, async () => {
  const workflow = fc.record({
    name,
    inputs: fc.oneof(schema, fc.jsonValue()),
    document: fc.oneof(fc.record({ outputs: fc.dictionary(name, fc.string()) }), fc.jsonValue()),
  });
  const workflows = fc.sample(fc.uniqueArray(workflow, { selector: (one) => one.name, maxLength: 200 }), 3).flat();
  const unique = [...new Map(workflows.map((one) => [one.name, one])).values()];
  expect(await complaints({ 'workflows.d.ts': declareWorkflows(unique) })).toBe('');
});

test('a saved workflow has typed inputs and named outputs', async () => {
  const inputs = {
    type: 'object',
    properties: { source: { type: 'string' }, mode: { enum: ['FAST', 'FULL'] } },
    required: ['source'],
    additionalProperties: false,
  };
  const text = declareWorkflows([{ name: 'nightly', inputs, document: { outputs: { report: '{{ steps.a.uri }}' } } }]);
  const program = `import type { WorkflowTypes } from '@signalbox/sdk';
type Inputs = WorkflowTypes['nightly']['inputs'];
export const good: Inputs = { source: 'file:///a', mode: 'FAST' };
// @ts-expect-error: a source is required
export const none: Inputs = {};
// @ts-expect-error: not a mode
export const bad: Inputs = { source: 'file:///a', mode: 'SLOW' };
export const report = (outputs: WorkflowTypes['nightly']['outputs']): unknown => outputs.report;
// @ts-expect-error: not an output
export const other = (outputs: WorkflowTypes['nightly']['outputs']): unknown => outputs.other;
`;
  expect(await complaints({ 'workflows.d.ts': text, 'program.ts': program })).toBe('');
});

test('schemas without end and lists of thousands become a wider type', () => {
  const cyclic: Record<string, unknown> = { type: 'array' };
  cyclic.items = cyclic;
  expect(typeOfSchema(cyclic)).toContain('unknown');
  expect(typeOfSchema({ $ref: '#' })).toBe('unknown');
  expect(typeOfSchema({ type: 'string', enum: Array.from({ length: 5000 }, (_, index) => `v${index}`) })).toBe(
    'string',
  );
});
