import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvSource, jsonSource, runCommand } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const CSV = 'name,price\n"Lamp, ""old""",12.50\nTable,99\n';
const ROWS = [
  { name: 'Lamp, "old"', price: '12.50' },
  { name: 'Table', price: '99' },
];
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { rows: { items: { properties: { price: { pattern: '^[0-9.]+$' }, name: { $ref: 'name.json' } } } } },
};
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
let web: WebServer;
let token: string;
/** Makes the web server answer `/slow`. */
let release = Promise.withResolvers<void>();

const env = () => ({
  ALLOWED_LOCAL_ROOTS: `/data=${folder.path}/data,/schemas=${folder.path}/schemas`,
  ALLOWED_PRIVATE_HOSTS: web.host,
});

const command = (name: string, input: object, on: Server = server) => runCommand(on, token, name, input);

beforeAll(async () => {
  folder = await createTempFolder();
  for (const name of ['data', 'schemas', 'state']) await mkdir(join(folder.path, name));
  await writeFile(join(folder.path, 'data/products.csv'), CSV);
  await writeFile(join(folder.path, 'schemas/products.json'), JSON.stringify(SCHEMA));
  await writeFile(join(folder.path, 'schemas/name.json'), JSON.stringify({ type: 'string', maxLength: 20 }));
  web = await startWebServer((req, res) => {
    if (req.url === '/slow') void release.promise.then(() => res.end('slow'));
    else res.setHeader('content-type', 'text/csv').end(CSV);
  });
  server = await startServer({ env: env() });
  token = await tokenFor('anna', { roles: ['analyst'] });
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

describe('a command', () => {
  it.each([
    ['fetch', { source: { uri: 'file:///data/products.csv' } }, 'text/csv', { text: CSV }],
    [
      'convertToJson',
      { source: csvSource(CSV) },
      'application/json',
      { json: { fields: ['name', 'price'], rows: ROWS } },
    ],
    [
      'convertToJson',
      { source: { uri: 'file:///data/products.csv' }, mode: 'LINES' },
      'application/json',
      {
        json: CSV.split('\n').slice(0, 3),
      },
    ],
    [
      'convertToXml',
      { source: jsonSource({ a: '<&' }), rootElement: 'top' },
      'application/xml',
      {
        text: expect.stringMatching(/<top[^>]*>\s*<a>&lt;&amp;<\/a>\s*<\/top>/),
      },
    ],
    [
      'convertToCsv',
      { source: jsonSource(ROWS), fields: ['price', 'name'], delimiter: ';' },
      'text/csv',
      {
        text: expect.stringMatching(/^price;name\r?\n12\.50;"Lamp, ""old"""\r?\n99;Table\r?\n$/),
      },
    ],
    ['convertToBase64', { source: { bytes: { base64: 'AP8=' } } }, 'text/plain', { text: 'AP8=' }],
    ['render', { data: { who: '<b>' }, template: 'Hello {{ who }}' }, 'text/html', { text: 'Hello &lt;b&gt;' }],
    [
      'render',
      { source: csvSource(CSV), title: 'All' },
      'text/html',
      {
        text: expect.stringMatching(/<title>All<\/title>[\s\S]*<td>Lamp, &quot;old&quot;<\/td>/),
      },
    ],
  ] as const)(
    '%s does what its description says, as a mutation and through execute',
    async (name, input, type, expected) => {
      const { run, resource } = await command(name, input);
      expect(run).toMatchObject({ kind: 'COMMAND', state: 'SUCCEEDED', error: null });
      expect(resource.mediaType.split(';')[0]).toBe(type);
      expect(resource).toMatchObject(expected);
      expect(resource.digest).toBe(createHash('sha256').update(resource.text).digest('hex'));

      const { source, ...options } = input as { source?: object };
      const again = await command('execute', { command: name, options, ...(source && { source }) });
      expect(again.resource.digest).toBe(resource.digest);
      expect(again.run.id).not.toBe(run.id);
    },
  );

  it('refuses invalid options, and says where they are', async () => {
    const wrong = await command('execute', {
      command: 'convertToCsv',
      source: csvSource(CSV),
      options: { delimiter: ';;' },
    });
    expect(wrong).toMatchObject({ code: 'BAD_INPUT', violations: [{ path: '/delimiter' }] });
    const extra = await command('execute', { command: 'fetch', source: csvSource(CSV), options: { color: 'red' } });
    expect(extra).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('color') });
    expect(await command('execute', { command: 'explode' })).toMatchObject({ code: 'NOT_FOUND', path: ['command'] });
  });

  it('fails if its output does not have the requested media type', async () => {
    const input = { command: 'convertToJson', source: csvSource(CSV) };
    const { run, resource } = await command('execute', { ...input, outputMediaType: 'text/html' });
    expect(run).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT', message: expect.stringContaining('text/html') },
    });
    expect(resource).toBeNull();
    const fits = await command('execute', { ...input, outputMediaType: 'application/json; charset=utf-8' });
    expect(fits.run.state).toBe('SUCCEEDED');
  });
});

describe('a schema', () => {
  const schemaUri = 'file:///schemas/products.json';

  it('accepts valid data', async () => {
    const { run } = await command('convertToJson', { source: { uri: 'file:///data/products.csv' }, schemaUri });
    expect(run.state).toBe('SUCCEEDED');
  });

  it('refuses invalid data, and lists the JSON Pointer of every violation, also behind a $ref', async () => {
    const source = csvSource(`name,price\nLamp,cheap\n${'x'.repeat(21)},free\n`);
    const { run, resource } = await command('convertToJson', { source, schemaUri });
    expect(run).toMatchObject({ state: 'FAILED', error: { code: 'SCHEMA_VIOLATION', step: 'convertToJson' } });
    const { violations } = run.error.details;
    expect(violations.map(({ path, keyword }: { path: string; keyword: string }) => [path, keyword])).toEqual(
      expect.arrayContaining([
        ['/rows/0/price', 'pattern'],
        ['/rows/1/price', 'pattern'],
        ['/rows/1/name', 'maxLength'],
      ]),
    );
    expect(violations).toHaveLength(3);
    expect(resource).toBeNull();
  });
});

describe('a pipeline', () => {
  const steps = [
    { command: 'fetch', options: { source: { uri: 'file:///data/products.csv' } } },
    { command: 'convertToJson', options: { source: { uri: '$previous.output' } } },
    { command: 'render', options: { source: { uri: '$previous.output' }, title: 'Products' } },
  ];

  it('renders CSV as a page through JSON, each step from the output of the previous one', async () => {
    const { run, resource } = await command('pipeline', { steps });
    expect(run).toMatchObject({ kind: 'PIPELINE', state: 'SUCCEEDED' });
    expect(run.steps).toMatchObject([
      { key: '1-fetch', state: 'SUCCEEDED' },
      { key: '2-convertToJson', state: 'SUCCEEDED' },
      { key: '3-render', state: 'SUCCEEDED' },
    ]);
    expect(resource.text).toContain('<td>Lamp, &quot;old&quot;</td>');
  });

  it('stops at the step that fails, and skips the rest', async () => {
    const broken = [
      steps[0],
      { command: 'convertToJson', options: { source: { uri: '$previous.output' }, mode: 'XML' } },
      steps[2],
    ];
    const { run } = await command('pipeline', { steps: broken });
    expect(run).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT', step: '2-convertToJson' } });
    expect(run.steps.map(({ state }: { state: string }) => state)).toEqual(['SUCCEEDED', 'FAILED', 'SKIPPED']);
  });

  it('with an invalid step is refused before anything runs', async () => {
    const wrong = await command('pipeline', { steps: [...steps, { command: 'render', options: { template: 7 } }] });
    expect(wrong).toMatchObject({ code: 'BAD_INPUT', path: ['steps', '3', 'options'] });
    expect(wrong.violations[0].path).toBe('/steps/3/options/template');
    expect(await command('pipeline', { steps: [steps[1]] })).toMatchObject({ code: 'BAD_INPUT' });
    expect(await command('pipeline', { steps: [] })).toMatchObject({ code: 'BAD_INPUT' });
    expect(await command('pipeline', { steps: Array(101).fill(steps[0]) })).toMatchObject({ code: 'BAD_INPUT' });
  });
});
describe('an idempotency key', () => {
  it('returns the same run for the same request, and for no other', async () => {
    const input = { source: csvSource(CSV), idempotencyKey: 'key-1' };
    const first = await command('convertToJson', input);
    const again = await command('convertToJson', input);
    expect(again).toEqual(first);
    const other = await command('convertToJson', { ...input, source: csvSource('a\n1\n') });
    expect(other).toMatchObject({
      code: 'CONFLICT',
      path: ['idempotencyKey'],
      message: expect.stringContaining(first.run.id),
    });
    expect(await command('fetch', input)).toMatchObject({ code: 'CONFLICT' });
  });

  it('gives one run to many concurrent requests', async () => {
    release = Promise.withResolvers();
    const input = { source: { uri: `${web.url}/slow` }, idempotencyKey: 'key-2' };
    const requests = Array.from({ length: 20 }, () => command('fetch', input));
    await until('the fetch is running', () => web.hits.some((hit) => hit.endsWith('/slow')));
    release.resolve();
    const results = await Promise.all(requests);
    expect(new Set(results.map(({ run }) => run.id)).size).toBe(1);
    expect(results.every(({ resource }) => resource.text === 'slow')).toBe(true);
    expect(web.hits.filter((hit) => hit.endsWith('/slow'))).toHaveLength(1);
  });

  it('holds across restarts, also for a run that a crash interrupted', async () => {
    const options = { dataDir: join(folder.path, 'state'), env: env() };
    await using before = await startServer(options);
    const done = { source: csvSource(CSV), idempotencyKey: 'done' };
    const first = await command('convertToJson', done, before);
    release = Promise.withResolvers();
    const cut = { source: { uri: `${web.url}/slow` }, idempotencyKey: 'cut' };
    const lost = command('fetch', cut, before).catch(() => 'lost');
    const runs = '{ runs(filter: { state: [RUNNING] }) { nodes { id } } }';
    const [run] = await until('the run is recorded', async () => {
      const { nodes } = (await before.query(runs, {}, token)).data.runs;
      return nodes.length > 0 && nodes;
    });
    await before.stop('SIGKILL');
    expect(await lost).toBe('lost');

    await using after = await startServer(options);
    expect(await command('convertToJson', done, after)).toEqual(first);
    release.resolve();
    const recovered = await command('fetch', cut, after);
    expect(recovered).toMatchObject({ run: { id: run.id, state: 'SUCCEEDED' }, resource: { text: 'slow' } });
  });
});

describe('the query resources', () => {
  it('reads several URIs at once, and returns the others if one fails', async () => {
    const uris = ['file:///data/products.csv', 'file:///data/none.csv', `${web.url}/a.csv`, 'data:,x'];
    const document = 'query ($uris: [URI!]!) { resources(uris: $uris) { uri text } }';
    const { data, errors } = await server.query(document, { uris }, token);
    expect(data.resources.map((one: { text: string } | null) => one?.text)).toEqual([CSV, undefined, CSV, 'x']);
    expect(errors).toMatchObject([{ path: ['resources', 1], extensions: { code: 'NOT_FOUND' } }]);
  });
});
