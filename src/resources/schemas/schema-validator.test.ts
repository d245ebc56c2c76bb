import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import type { Cpu, CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { createCpuPool } from '../../runtime/cpu/cpu-pool.ts';
import { createSchemaValidator } from './schema-validator.ts';

let pool: CpuPool;
let cpu: Cpu;
const schemas = createSchemaValidator();
let resources: TestResources;
let server: Server;
let origin: string;
const OWNER = { tenant: 'default', subject: 'ada' };
/** Path → body, or the target of a redirect. */
const served = new Map<string, unknown>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const schema = served.get(request.url ?? '');
    if (typeof schema === 'string') response.writeHead(302, { location: schema }).end();
    else
      response.writeHead(schema ? 200 : 404, { 'content-type': 'application/schema+json' }).end(JSON.stringify(schema));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;
  resources = await createTestResources({ allowedPrivateHosts: [host], fetchMaxBytes: 4 * 2 ** 20 });
  pool = createCpuPool();
  cpu = pool.of(OWNER);
});
afterAll(async () => {
  await pool.close();
  await resources.close();
  server.close();
});

const inline = (schema: unknown) =>
  `data:application/schema+json,${encodeURIComponent(typeof schema === 'string' ? schema : JSON.stringify(schema))}`;

function check(schemaUri: string, data: unknown, timeoutMs?: number) {
  const json = typeof data === 'string' || data instanceof Uint8Array ? data : JSON.stringify(data);
  const read = (uri: string) => resources.open({ uri });
  const signal = new AbortController().signal;
  return schemas.validate({ json, schemaUri, read, cpu, ...(timeoutMs && { timeoutMs }), signal });
}

const refusal = (schemaUri: string, data: unknown, timeoutMs?: number) =>
  check(schemaUri, data, timeoutMs).then(
    (violations) => `${violations.length} violations`,
    (error: unknown) => (error instanceof Fault ? `${error.code}: ${error.message}` : error),
  );

describe('the schema validator', () => {
  it('finds no violations in data that conforms', async () => {
    const schema = inline({ type: 'object', required: ['name'], properties: { name: { type: 'string' } } });
    expect(await check(schema, { name: 'Tea' })).toEqual([]);
    expect(await check(schema, Buffer.from('{"name":"żółć"}'))).toEqual([]);
  });

  it('lists every violation by JSON Pointer', async () => {
    const schema = {
      type: 'object',
      required: ['id'],
      additionalProperties: false,
      properties: { rows: { items: { properties: { 'a/b': { type: 'number' }, mode: { enum: ['x', 'y'] } } } } },
    };
    expect(await check(inline(schema), { rows: [{}, { 'a/b': '1', mode: 'z' }], extra: 1 })).toEqual([
      { path: '', message: "must have required property 'id'", keyword: 'required' },
      { path: '', message: 'must NOT have additional properties: "extra"', keyword: 'additionalProperties' },
      { path: '/rows/1/a~1b', message: 'must be number', keyword: 'type' },
      { path: '/rows/1/mode', message: 'must be equal to one of the allowed values: "x", "y"', keyword: 'enum' },
    ]);
  });

  it('lists at most a hundred violations, and the number of further ones', async () => {
    const violations = await check(
      inline({ items: { type: 'string' } }),
      Array.from({ length: 5_000 }, (_, i) => i),
    );
    expect(violations).toHaveLength(100);
    expect(violations.at(-1)).toEqual({ path: '', message: 'There are 4901 more violations.' });
  });

  it('shows one violation when there are too many for the memory', async () => {
    const small = createCpuPool({ maxMemoryMb: 160 });
    const json = `[${'1,'.repeat(1_500_000)}1]`;
    const read = (uri: string) => resources.open({ uri });
    const request = {
      json,
      schemaUri: inline({ items: { type: 'string' } }),
      read,
      cpu: small.of(OWNER),
      signal: new AbortController().signal,
    };
    const violations = await schemas.validate(request);
    await small.close();
    expect(violations).toEqual([
      { path: '/0', message: 'must be string', keyword: 'type' },
      { path: '', message: expect.stringContaining('more violations') },
    ]);
  });

  it.each([
    [
      'draft-07',
      'http://json-schema.org/draft-07/schema#',
      { definitions: { a: { type: 'string' } }, items: [{ $ref: '#/definitions/a' }] },
      [1],
      ['/0'],
    ],
    [
      '2019-09',
      'https://json-schema.org/draft/2019-09/schema',
      { properties: { a: true }, unevaluatedProperties: false },
      { b: 1 },
      [''],
    ],
    ['2020-12', 'https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'string' }] }, [1], ['/0']],
    ['2020-12 by default', undefined, { prefixItems: [{ type: 'string' }] }, [1], ['/0']],
  ])('supports %s', async (_, $schema, schema, data, paths) => {
    const violations = await check(inline({ ...($schema && { $schema }), ...schema }), data);
    expect(violations.map((violation) => violation.path)).toEqual(paths);
  });

  it('checks formats, and treats unknown formats and keywords as annotations', async () => {
    const properties = {
      mail: { format: 'email' },
      day: { format: 'date' },
      site: { format: 'uri' },
      link: { format: 'url' },
      odd: { format: 'phase-of-the-moon', 'x-note': 1 },
    };
    const good = {
      mail: 'a@example.org',
      day: '2026-02-28',
      site: 'urn:a:b',
      link: 'https://example.org',
      odd: 'full',
    };
    expect(await check(inline({ properties }), good)).toEqual([]);
    const bad = { mail: 'a', day: '2026-02-30', site: 'a b', link: 'example.org', odd: '' };
    expect((await check(inline({ properties }), bad)).map((one) => one.path)).toEqual([
      '/mail',
      '/day',
      '/site',
      '/link',
    ]);
  });
});

describe('references to other documents', () => {
  it('are read relative to the document, under the same policy', async () => {
    served.set('/a/main.json', {
      properties: { price: { $ref: '../b/price.json#/$defs/price' }, next: { $ref: 'main.json' } },
    });
    served.set('/b/price.json', { $defs: { price: { $ref: 'number.json' } } });
    served.set('/b/number.json', { type: 'number' });
    resources.authorizedUris.length = 0;
    const data = { price: 'x', next: { next: { price: 'y' } } };
    for (let i = 0; i < 2; i += 1) {
      const violations = await check(`${origin}/a/main.json`, data);
      expect(violations.map((one) => one.path).sort()).toEqual(['/next/next/price', '/price']);
    }
    // The policy is asked each time, although the compiled schema is cached.
    const documents = ['/a/main.json', '/b/price.json', '/b/number.json'].map((path) => origin + path);
    expect(resources.authorizedUris).toEqual([...documents, ...documents]);
  });

  it('are relative to the target of a redirect', async () => {
    served.set('/latest', '/v2/main.json');
    served.set('/v2/main.json', { $ref: 'leaf.json' });
    served.set('/v2/leaf.json', { type: 'string' });
    expect((await check(`${origin}/latest`, 1)).map((one) => one.message)).toEqual(['must be string']);
  });

  it('are relative to $id, if the document has one', async () => {
    served.set('/id.json', { $id: 'deep/er.json', $ref: 'leaf.json' });
    served.set('/deep/leaf.json', { const: 1 });
    expect((await check(`${origin}/id.json`, 2)).map((one) => one.keyword)).toEqual(['const']);
  });

  it('use the current version of a document', async () => {
    served.set('/changing.json', { $ref: 'changing-leaf.json' });
    served.set('/changing-leaf.json', { type: 'string' });
    expect(await check(`${origin}/changing.json`, 1)).toHaveLength(1);
    served.set('/changing-leaf.json', { type: 'number' });
    expect(await check(`${origin}/changing.json`, 1)).toEqual([]);
  });

  it('are read only while something refers to them', async () => {
    served.set('/root.json', { $ref: 'middle.json' });
    served.set('/middle.json', { $ref: 'gone.json' });
    served.set('/gone.json', { type: 'string' });
    expect(await check(`${origin}/root.json`, 1)).toHaveLength(1);
    served.set('/middle.json', { type: 'number' });
    served.delete('/gone.json');
    expect(await check(`${origin}/root.json`, 1)).toEqual([]);
  });

  it('are rejected when the policy denies them, and when they do not exist', async () => {
    served.set('/secret.json', { type: 'string' });
    served.set('/nosy.json', { $ref: 'secret.json' });
    resources.forbidden.add(`${origin}/secret.json`);
    expect(await refusal(`${origin}/nosy.json`, 1)).toMatch(/^FORBIDDEN/);
    served.set('/lost.json', { $ref: 'nowhere.json' });
    expect(await refusal(`${origin}/lost.json`, 1)).toMatch(/^(NOT_FOUND|RESOURCE_UNREACHABLE)/);
    served.set('/hole.json', { $ref: '#/$defs/none' });
    expect(await refusal(`${origin}/hole.json`, 1)).toMatch(/^BAD_INPUT: .*#\/\$defs\/none, which does not exist/);
  });

  it('include the metaschema', async () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    served.set('/meta.json', { $schema, $vocabulary: { 'https://json-schema.org/draft/2020-12/vocab/core': true } });
    expect(await check(inline({ $schema: `${origin}/meta.json`, type: 'string' }), 1)).toEqual([]);
    expect(resources.authorizedUris).toContain(`${origin}/meta.json`);
  });

  it('are limited to 32 documents', async () => {
    for (let i = 0; i < 40; i += 1) served.set(`/chain/${i}.json`, { $ref: `${i + 1}.json` });
    served.set('/chain/40.json', true);
    expect(await refusal(`${origin}/chain/9.json`, 1)).toBe('0 violations');
    expect(await refusal(`${origin}/chain/8.json`, 1)).toMatch(/^BAD_INPUT: .*more than 31 other documents/);
  });
});

describe('untrusted schemas', () => {
  it.each([
    ['text that is not JSON', '{', /is not JSON|not JSON/],
    ['a list', [1], /must be an object or a boolean/],
    ['a keyword with the wrong value', { type: 'strin' }, /not a valid JSON Schema/],
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }, /Use draft-07, 2019-09 or 2020-12/],
    ['a lookahead', { pattern: '^(?=a)b' }, /RE2 does not accept .*no lookaround and no backreferences/],
    ['a backreference', { patternProperties: { '(a)\\1': {} } }, /RE2 does not accept/],
    ['a schema that nests too deeply', `${'{"not":'.repeat(500)}{}${'}'.repeat(500)}`, /nests deeper than 200/],
    ['a schema that refers to itself', { $ref: '#' }, /refers to itself endlessly/],
  ])('are rejected as BAD_INPUT: %s', async (_, schema, message) => {
    const error = await refusal(inline(schema), 'null');
    expect(error).toMatch(/^BAD_INPUT: The schema /);
    expect(error).toMatch(message);
  });

  it('are rejected when they are large', async () => {
    served.set('/large.json', { description: 'x'.repeat(2 ** 20) });
    expect(await refusal(`${origin}/large.json`, 1)).toMatch(/^RESOURCE_TOO_LARGE/);
  });

  it.each([['^(a+)+$'], ['^(a|a)*$'], ['^(([a-z])+.)+[A-Z]([a-z])+$'], ['(x+x+)+y']])(
    'cannot hold the worker with the pattern %s',
    async (pattern) => {
      const violations = await check(inline({ pattern }), `"${'a'.repeat(500_000)}!"`);
      expect(violations).toEqual([expect.objectContaining({ keyword: 'pattern' })]);
    },
  );

  it('cannot block the worker with a format', async () => {
    const text = `http://${'a:'.repeat(100_000)}\\`;
    const formats = ['url', 'uri', 'email', 'hostname', 'uri-template', 'iri', 'regex', 'duration', 'ipv6'];
    const schema = { allOf: formats.map((format) => ({ format })) };
    expect((await check(inline(schema), JSON.stringify(text))).length).toBeGreaterThan(3);
  });

  it.each([
    ['references that double at every level', exploding(40), 1],
    ['unique items of a long list', { uniqueItems: true }, Array.from({ length: 80_000 }, (_, i) => ({ i }))],
  ])('are stopped when they take too long: %s', async (_, schema, data) => {
    const error = await refusal(inline(schema), data, 500);
    expect(error).toMatch(/^TIMEOUT: Checking the data .* more than 500 ms of CPU time\. Raise timeout_ms of the step/);
    expect(await check(inline(true), 1)).toEqual([]);
  });

  it('cannot inject code into the compiled schema', async () => {
    const name = `'"];throw 1;//\n\u2028\${throw 1}`;
    const schema = {
      properties: { [name]: { const: name }, [`${name}2`]: { pattern: 'a"];throw 1//' } },
      required: [name],
    };
    expect(await check(inline(schema), { [name]: name })).toEqual([]);
  });
});

describe('data', () => {
  it.each([
    ['not JSON', 'tea', /^BAD_INPUT: This is not JSON/],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /^BAD_INPUT: .*not UTF-8/],
    ['JSON that nests without end', '['.repeat(300) + ']'.repeat(300), /^BAD_INPUT: .*nests deeper/],
    ['more than 16 MiB', `"${'x'.repeat(16 * 2 ** 20)}"`, /^RESOURCE_TOO_LARGE/],
  ])('is rejected when it is %s', async (_, data, message) => {
    expect(await refusal(inline({}), data)).toMatch(message);
  });
});

/** Each level refers to the next one twice. */
function exploding(levels: number) {
  const twice = (i: number) => ({ allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] });
  const $defs = Object.fromEntries(Array.from({ length: levels }, (_, i) => [`d${i}`, i + 1 < levels ? twice(i) : {}]));
  return { $defs, $ref: '#/$defs/d0' };
}
